import { isFromContact, Json, JsonObject, LIMITS, TtlS, type OutboundMessage } from '@alur/types';
import { z } from 'zod';
import { type Tree } from '../load/tree.ts';
import { checkFixedParts, parseMessage } from '../message/check-message.ts';
import { draftMessage, FORMS, type Draft } from '../message/draft-message.ts';
import { messageWarnings } from '../message/message-warnings.ts';
import { splitText } from '../message/split-text.ts';
import {
  defineNode,
  NodeFailure,
  type NodeCompiler,
  type NodeVisit,
  type OutgoingMessage,
} from './define-node.ts';

const Button = z.strictObject({ id: z.string().optional(), title: z.string() });

/** What becomes of a free-form message that meets a closed window. */
const OutsideWindow = z.union([
  z.enum(['skip', 'fail']),
  z.strictObject({ template: JsonObject, ttl: TtlS.optional() }),
]);

/** Flags that only one form of a reply has. */
const FORM_FLAGS = [
  { flag: 'preview_url', form: 'message', message: 'only a `message` that stands alone has a preview' },
  { flag: 'ttl', form: 'template', message: 'only a `template` has a time to live' },
] as const;

const ReplyConfig = z
  .strictObject({
    message: z.string().optional(),
    template: JsonObject.optional(),
    interactive: JsonObject.optional(),
    media: JsonObject.optional(),
    location: JsonObject.optional(),
    contacts: z.union([z.string(), z.array(Json)]).optional(),
    reaction: z.strictObject({ message_id: z.string().optional(), emoji: z.string() }).optional(),
    buttons: z.array(Button).min(1).max(LIMITS.rows).optional(),
    raw: JsonObject.optional(),
    preview_url: z.boolean().optional(),
    ttl: TtlS.optional(),
    retry_on_rate_limit: z.boolean().optional(),
    retry_on_429: z.boolean().optional(),
    reply_to: z.string().optional(),
    outside_window: OutsideWindow.optional(),
  })
  .superRefine((config, check) => {
    const given = FORMS.filter((form) => config[form] !== undefined);
    for (const { flag, form, message } of FORM_FLAGS)
      if (config[flag] !== undefined && given[0] !== form)
        check.addIssue({ code: 'custom', message, path: [flag] });
    const others = given.filter((form) => form !== 'message');
    const [form] = others;
    const fits =
      others.length === 0 ? given.length === 1 : given.length === 1 || form === 'buttons' || form === 'media';
    if (others.length <= 1 && fits) return;
    const message = `a reply sends exactly one of ${FORMS.join(', ')}; \`message\` may stand beside buttons and media`;
    check.addIssue({ code: 'custom', message, path: form === undefined ? [] : [form] });
  });
type ReplyConfig = z.infer<typeof ReplyConfig>;

const FIXED_CONTEXT = { wamid: 'wamid' };

/** Sends one message to the contact; a computed text over WhatsApp's limit becomes several. */
export const reply = defineNode<ReplyConfig>({
  type: 'reply',
  doc: 'Sends one WhatsApp message: text, template, interactive, media, location, contacts, reaction or buttons.',
  example: { config: { message: 'Hello {{contact.name}}' } },
  config: ReplyConfig,
  declares: ({ template, raw, outside_window }) => ({
    needsWindow: template === undefined && raw?.['type'] !== 'template' && outside_window === undefined,
  }),
  compile: (config, compiler) => {
    const { retry_on_rate_limit, retry_on_429, reply_to, outside_window, ...forms } = config;
    checkFlags(config, compiler);
    const form = compileForm(withoutUndefined(forms), [], compiler);
    const outside = compileOutside(outside_window, compiler);
    const quoted = reply_to === undefined ? undefined : compiler.template(reply_to, ['reply_to']);
    const retryOnRateLimit = retry_on_rate_limit ?? retry_on_429 ?? false;
    const { maxRetries } = compiler;
    return (visit) => {
      const replyTo = quoted?.render(visit.scope);
      const frame = {
        ...(replyTo !== undefined && replyTo !== '' && { replyTo }),
        retryOnRateLimit,
        ...(maxRetries !== undefined && { maxRetries }),
      };
      const parts = form(visit);
      const outsideWindow = outside?.(visit);
      const messages = parts.map((message, index) => ({
        message,
        ...frame,
        // One template stands for the whole text, not one for each of its parts.
        ...(outsideWindow !== undefined && {
          outsideWindow: index === 0 ? outsideWindow : ('skip' as const),
        }),
      }));
      return { messages };
    };
  },
});

function checkFlags(config: ReplyConfig, compiler: NodeCompiler): void {
  const { retry_on_rate_limit: flag, retry_on_429: alias, outside_window, template, raw } = config;
  if (flag !== undefined && alias !== undefined && flag !== alias) {
    compiler.report(
      'E113',
      ['retry_on_429'],
      '`retry_on_rate_limit` and `retry_on_429` say different things',
    );
  }
  if (outside_window === undefined || (template === undefined && raw?.['type'] !== 'template')) return;
  const message = '`outside_window` has no effect: a template goes out while the window is closed, too';
  compiler.report('W113', ['outside_window'], message, 'leave it out');
}

function withoutUndefined(forms: Readonly<Record<string, Json | undefined>>): JsonObject {
  const given: JsonObject = {};
  for (const [key, value] of Object.entries(forms)) if (value !== undefined) given[key] = value;
  return given;
}

type RenderForm = (visit: NodeVisit) => readonly OutboundMessage[];

/** A message's form, which stands at `path` in the config. */
function compileForm(form: JsonObject, path: readonly string[], compiler: NodeCompiler): RenderForm {
  const tree = compiler.tree(form, path);
  const draft = draftMessage(tree.fixed, FIXED_CONTEXT);
  const { faults, message: fixed } = checkFixedParts(draft, tree.computed);
  for (const { code, path: at, message, fix } of [...faults, ...messageWarnings(draft, tree.computed)]) {
    compiler.report(code, [...path, ...at], message, fix);
  }
  // What is fixed is the same each time; but a reaction may name the message that began the run.
  const isKnown = fixed !== undefined && tree.computed.length === 0 && form['reaction'] === undefined;
  return isKnown ? always([fixed]) : rendering(tree, path);
}

function always(messages: readonly OutboundMessage[]): RenderForm {
  return () => messages;
}

function rendering(tree: Tree, path: readonly string[]): RenderForm {
  return (visit) => renderForm(tree, visit, path);
}

type RenderOutside = (visit: NodeVisit) => OutgoingMessage['outsideWindow'];

function compileOutside(
  outside: ReplyConfig['outside_window'],
  compiler: NodeCompiler,
): RenderOutside | undefined {
  if (outside === undefined || outside === 'fail') return undefined;
  if (outside === 'skip') return () => 'skip';
  const form = compileForm(outside, ['outside_window'], compiler);
  return (visit) => form(visit).find((message) => message.kind === 'template');
}

function renderForm(tree: Tree, { scope, event }: NodeVisit, at: readonly string[]): OutboundMessage[] {
  const wamid = isFromContact(event) ? event.wamid : '';
  return splitLongText(draftMessage(tree.render(scope), { wamid })).map((part) => {
    const result = parseMessage(part);
    if ('message' in result) return result.message;
    const faults = result.faults.map(({ path, message }) => `${message} (at ${[...at, ...path].join('.')})`);
    throw new NodeFailure('invalid_message', `WhatsApp would refuse the message: ${faults.join('; ')}`);
  });
}

function splitLongText(draft: Draft): Draft[] {
  const { kind, text } = draft.message;
  if (kind !== 'text' || typeof text !== 'string' || text.length <= LIMITS.text) return [draft];
  return splitText(text, LIMITS.text).map((part) => ({
    ...draft,
    message: { ...draft.message, text: part },
  }));
}
