import { z } from 'zod';
import { type TemplateDefinition } from '@alur/types';
import { type Refusal } from '../graph/refusal.ts';
import { type StoredTemplate } from './stored-template.ts';
import { fromDefinition } from './template-draft.ts';
import { templateRefusal, unknownTranslation } from './template-refusal.ts';

const TemplateStatus = z.enum(['APPROVED', 'PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'DELETED']);
type TemplateStatus = z.infer<typeof TemplateStatus>;

/** What a template of a number's WABA shall be from now on, in all its languages. */
export const TemplateOrder = z.strictObject({
  number: z.string().min(1),
  name: z.string().min(1),
  status: TemplateStatus,
  /** Stays what it was when left out; at first it is not known, and an unknown template may be marketing. */
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
  /** The one that the webhook names. */
  language: z.string().min(1).default('en-US'),
});
export type TemplateOrder = z.infer<typeof TemplateOrder>;

/** What was known of a template; `id` and `language` when it is defined. */
export interface KnownTemplate {
  status: string;
  category: string | undefined;
  id?: string;
  language?: string;
}

/** Which template a message names. */
export interface TemplateName {
  name: string;
  language: string;
}

/**
 * The templates of all WABAs. A defined one was created, or given at the start. Of a name that is not defined nothing is
 * known but what was ordered: it counts as approved in every language, unless only defined ones may be sent.
 */
export interface TemplateBook {
  /** Notes what was ordered and returns what was known before. */
  set(wabaId: string, order: TemplateOrder): KnownTemplate;
  /** Why it cannot be sent now. */
  refusal(wabaId: string, template: TemplateName): Refusal | undefined;
  canBeMarketing(wabaId: string, name: string): boolean;
  /** MARKETING, UTILITY or AUTHENTICATION; undefined when not known. */
  categoryOf(wabaId: string, name: string): string | undefined;
  /** The defined template that a message names. */
  find(wabaId: string, template: TemplateName): StoredTemplate | undefined;
  byId(id: string): StoredTemplate | undefined;
  /** The defined ones of a WABA, newest first. */
  list(wabaId: string): StoredTemplate[];
  add(template: StoredTemplate): void;
  /** Deletes; the name cannot be used again for 30 days. */
  remove(template: StoredTemplate): void;
  isReserved(wabaId: string, template: TemplateName): boolean;
}

export interface TemplateBookDeps {
  /** `defined`: a name that is not defined is refused. */
  mode: 'any' | 'defined';
  /** What the WABAs have from the start, by WABA id. */
  definitions: Readonly<Record<string, readonly TemplateDefinition[]>>;
  nowMs: () => number;
}

const UNKNOWN: KnownTemplate = { status: 'APPROVED', category: undefined };
// Source: Meta, "Template management": a deleted name.
const RESERVED_MS = 30 * 86_400_000;

export function createTemplateBook(deps: TemplateBookDeps): TemplateBook {
  return new Book(deps);
}

class Book implements TemplateBook {
  readonly #deps: TemplateBookDeps;
  readonly #byId = new Map<string, StoredTemplate>();
  /** The same by WABA and name. */
  readonly #byName = new Map<string, StoredTemplate[]>();
  readonly #ordered = new Map<string, KnownTemplate>();
  readonly #deletedMs = new Map<string, number>();

  constructor(deps: TemplateBookDeps) {
    this.#deps = deps;
    for (const [wabaId, definitions] of Object.entries(deps.definitions)) {
      for (const definition of definitions) this.add(fromDefinition(definition, wabaId, deps.nowMs()));
    }
  }

  set(wabaId: string, order: TemplateOrder): KnownTemplate {
    const { name, status, category } = order;
    const defined = this.#named(wabaId, name);
    const first = defined.find(({ language }) => language === order.language.replace('-', '_')) ?? defined[0];
    const before = first ?? this.#ordered.get(key(wabaId, name)) ?? UNKNOWN;
    const known = { ...before };
    if (status === 'DELETED') for (const template of defined) this.remove(template);
    for (const template of defined) {
      template.status = status;
      template.category = category ?? template.category;
    }
    const isGone = status === 'DELETED';
    if (!first || isGone) {
      this.#ordered.set(key(wabaId, name), { status, category: category ?? before.category });
    }
    return known;
  }

  refusal(wabaId: string, { name, language }: TemplateName): Refusal | undefined {
    const defined = this.#named(wabaId, name);
    const ordered = this.#ordered.get(key(wabaId, name));
    if (defined.length > 0) {
      const found = defined.find((template) => template.language === language);
      return found ? templateRefusal(found.status, name, language) : unknownTranslation(name, language);
    }
    if (!ordered && this.#deps.mode === 'defined') return unknownTranslation(name, language);
    return templateRefusal((ordered ?? UNKNOWN).status, name, language);
  }

  canBeMarketing(wabaId: string, name: string): boolean {
    return (this.categoryOf(wabaId, name) ?? 'MARKETING') === 'MARKETING';
  }

  categoryOf(wabaId: string, name: string): string | undefined {
    return this.#named(wabaId, name)[0]?.category ?? this.#ordered.get(key(wabaId, name))?.category;
  }

  find(wabaId: string, { name, language }: TemplateName): StoredTemplate | undefined {
    return this.#named(wabaId, name).find((template) => template.language === language);
  }

  byId(id: string): StoredTemplate | undefined {
    return this.#byId.get(id);
  }

  list(wabaId: string): StoredTemplate[] {
    return [...this.#byId.values()].filter((template) => template.wabaId === wabaId).reverse();
  }

  add(template: StoredTemplate): void {
    const name = key(template.wabaId, template.name);
    this.#byId.set(template.id, template);
    this.#byName.set(name, [...(this.#byName.get(name) ?? []), template]);
    this.#ordered.delete(name);
  }

  remove({ id, wabaId, name, language }: StoredTemplate): void {
    const others = this.#named(wabaId, name).filter((template) => template.id !== id);
    this.#byId.delete(id);
    this.#byName.set(key(wabaId, name), others);
    this.#deletedMs.set(key(wabaId, name, language), this.#deps.nowMs());
    // A name that was defined once is known: that it is gone must not make it approved again.
    if (others.length === 0) this.#ordered.set(key(wabaId, name), { status: 'DELETED', category: undefined });
  }

  isReserved(wabaId: string, { name, language }: TemplateName): boolean {
    const deletedMs = this.#deletedMs.get(key(wabaId, name, language)) ?? -Infinity;
    return this.#deps.nowMs() - deletedMs < RESERVED_MS;
  }

  #named(wabaId: string, name: string): StoredTemplate[] {
    return this.#byName.get(key(wabaId, name)) ?? [];
  }
}

function key(...parts: string[]): string {
  return parts.join(' ');
}
