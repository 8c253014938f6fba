import { type App, appCalls } from '../account/app-calls.ts';
import { blockCalls, type BlockDeps } from '../account/block-calls.ts';
import { numberCalls } from '../account/number-calls.ts';
import { type NumberFieldDeps } from '../account/number-fields.ts';
import { profileCalls } from '../account/profile.ts';
import { type Waba, wabaCalls } from '../account/waba-calls.ts';
import { type Ids } from '../ids.ts';
import { type StoredMedia } from '../media/media-book.ts';
import { type MediaCallDeps, mediaCalls, uploadCalls } from '../media/media-calls.ts';
import { type NumberSettings } from '../options.ts';
import { oneTemplateCalls } from '../templates/one-template-calls.ts';
import { type StoredTemplate } from '../templates/stored-template.ts';
import { type TemplateCallDeps, wabaTemplateCalls } from '../templates/template-calls.ts';
import { type Calls, type GraphCall, type GraphResult } from './graph-call.ts';
import { type NumberBook } from './number-book.ts';

export interface ObjectDeps extends NumberFieldDeps, BlockDeps, MediaCallDeps, TemplateCallDeps {
  numbers: NumberBook;
  ids: Ids;
}

/** An object that a call is about, with the calls that there are about its kind. */
export interface FoundObject {
  about: 'number' | 'WABA' | 'template' | 'media' | 'app';
  /** Meta's name of its kind. */
  node: string;
  /** Whose it is, when it is a number's. */
  numberId: string | undefined;
  /** Whose quota the call takes from. */
  wabaId: string;
  /** Undefined when there is no such call. */
  answer: (call: GraphCall) => GraphResult | Promise<GraphResult> | undefined;
}

export type FindObject = (id: string, seen: ReadonlySet<string>) => FoundObject | undefined;

/** The calls that there are, by what they are about. */
export function graphCalls(deps: ObjectDeps): {
  number: Calls<NumberSettings>;
  waba: Calls<Waba>;
  template: Calls<StoredTemplate>;
  media: Calls<StoredMedia>;
  app: Calls<App>;
} {
  return {
    number: { ...numberCalls(deps), ...profileCalls(), ...blockCalls(deps), ...uploadCalls(deps) },
    waba: { ...wabaCalls(deps), ...wabaTemplateCalls(deps) },
    template: oneTemplateCalls(deps),
    media: mediaCalls(deps),
    app: appCalls(deps.addresses),
  };
}

/** Finds what an id stands for among what a token sees. */
export function objectFinder(deps: ObjectDeps): FindObject {
  const calls = graphCalls(deps);
  const finders = [...accountFinders(calls, deps), ...contentFinders(calls, deps)];
  return (id, seen) => {
    for (const find of finders) {
      const found = find(id, seen);
      if (found) return found;
    }
    return undefined;
  };
}

type GraphCalls = ReturnType<typeof graphCalls>;

function accountFinders(calls: GraphCalls, deps: ObjectDeps): FindObject[] {
  return [
    (id, seen) => {
      const number = deps.numbers.find(id);
      if (!number || !seen.has(number.wabaId)) return undefined;
      const { wabaId } = number;
      const node = 'WhatsAppBusinessPhoneNumber';
      return { about: 'number', node, numberId: id, wabaId, answer: answerWith(calls.number, number) };
    },
    (id, seen) => {
      if (!seen.has(id)) return undefined;
      const numbers = deps.numbers.list().filter(({ wabaId }) => wabaId === id);
      const node = 'WhatsAppBusinessAccount';
      return {
        about: 'WABA',
        node,
        numberId: undefined,
        wabaId: id,
        answer: answerWith(calls.waba, { id, numbers }),
      };
    },
  ];
}

function contentFinders(calls: GraphCalls, deps: ObjectDeps): FindObject[] {
  return [
    (id, seen) => {
      const template = deps.templates.byId(id);
      if (!template || !seen.has(template.wabaId)) return undefined;
      const { wabaId } = template;
      const answer = answerWith(calls.template, template);
      return { about: 'template', node: 'WhatsAppMessageTemplate', numberId: undefined, wabaId, answer };
    },
    (id, seen) => {
      const media = deps.media.find(id);
      const wabaId = media && deps.numbers.find(media.number)?.wabaId;
      if (!media || wabaId === undefined || !seen.has(wabaId)) return undefined;
      const answer = answerWith(calls.media, media);
      return { about: 'media', node: 'WhatsAppBusinessMedia', numberId: media.number, wabaId, answer };
    },
  ];
}

/** What an app's own token sees: the app, and nothing of its numbers. */
export function findApp(id: string, app: App, deps: ObjectDeps): FoundObject | undefined {
  const [number] = app.numbers;
  if (id !== app.id || !number) return undefined;
  const answer = answerWith(appCalls(deps.addresses), app);
  return { about: 'app', node: 'Application', numberId: undefined, wabaId: number.wabaId, answer };
}

function answerWith<T>(calls: Calls<T>, object: T): FoundObject['answer'] {
  return (call) => {
    const name = nameOf(call);
    return Object.hasOwn(calls, name) ? calls[name]?.(call, object) : undefined;
  };
}

/** A call's name: its method, and its edge when it has one. */
export function nameOf({ method, edge }: Pick<GraphCall, 'method' | 'edge'>): string {
  return edge === '' ? method : `${method} ${edge}`;
}
