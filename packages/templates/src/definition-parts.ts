import { type TemplateDefinition, type TemplatePart } from '@alur/types';
import { type Fields, isRecord } from './definition-fault.ts';

/** A definition's parts, by what a send has to say of them. */
export interface DefinedParts {
  header: TemplatePart | undefined;
  body: TemplatePart | undefined;
  /** In order; their places are what `index` counts. */
  buttons: readonly Fields[];
  /** Parts of each card of a carousel. */
  cards: readonly DefinedParts[] | undefined;
  /** A limited-time offer, and whether it has an end that a send names. */
  offer: { ends: boolean } | undefined;
}

/** Reads a list of parts as Meta gives it; case does not count in `type`. */
export function definedParts(components: readonly unknown[]): DefinedParts {
  const find = (type: string) => components.filter(isPart).find((part) => part.type.toUpperCase() === type);
  const carousel = find('CAROUSEL');
  const offer = find('LIMITED_TIME_OFFER');
  return {
    header: find('HEADER'),
    body: find('BODY'),
    buttons: find('BUTTONS')?.buttons ?? [],
    cards: carousel && cardsOf(carousel),
    offer: offer && { ends: endsOf(offer['limited_time_offer']) },
  };
}

// The schema has checked the outer list; the parts of cards are Meta's as they are.
function isPart(value: unknown): value is TemplatePart {
  return isRecord(value) && typeof value['type'] === 'string';
}

function cardsOf(carousel: TemplatePart): DefinedParts[] {
  const cards: unknown = carousel['cards'];
  if (!Array.isArray(cards)) return [];
  return cards.map((card: unknown) => {
    const components = isRecord(card) ? card['components'] : undefined;
    return definedParts(Array.isArray(components) ? components : []);
  });
}

function endsOf(offer: unknown): boolean {
  return isRecord(offer) && offer['has_expiration'] === true;
}

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g;

/** The variables of a template's text, each once, in order. */
export function variablesOf(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  return [...new Set([...text.matchAll(VARIABLE)].map(([, name = '']) => name))];
}

/** Whether parameters go by name. Where the definition does not say, its texts do. */
export function isNamed({ parameter_format: format, components }: TemplateDefinition): boolean {
  if (format !== undefined) return format === 'NAMED';
  return components.some(({ text }) => variablesOf(text).some((name) => !/^\d+$/.test(name)));
}

/** A word of Meta's in lower case; empty for what is none. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
