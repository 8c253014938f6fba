import { type JsonObject } from '@alur/types';
import { type BlockList } from '../account/block-list.ts';
import { type ContactRules } from '../account/contact-rules.ts';
import { type MessageBook } from '../account/message-book.ts';
import { type Registrations } from '../account/registration.ts';
import { isRecord, written } from '../checks/check.ts';
import { type Recipient, checkMessage } from '../checks/check-message.ts';
import { limitRefusal } from '../limits/limit-refusal.ts';
import { type Limits, type Verdict } from '../limits/limits.ts';
import { type BrokenLinks } from '../media/broken-links.ts';
import { failFiles, refuseFiles } from '../media/check-files.ts';
import { type MediaBook } from '../media/media-book.ts';
import { type MediaUse, mediaUses } from '../media/media-uses.ts';
import { type NumberSettings } from '../options.ts';
import { type TemplateBook, type TemplateName } from '../templates/template-book.ts';
import { refuseTemplate } from '../templates/refuse-template.ts';
import { type MessagesCall } from './messages-call.ts';
import { type GraphFailure, type Refusal, refusal } from './refusal.ts';

export interface ExamineDeps {
  templates: TemplateBook;
  limits: Limits;
  registrations: Registrations;
  blocks: BlockList;
  rules: ContactRules;
  media: MediaBook;
  brokenLinks: BrokenLinks;
  messages: MessageBook;
  strictness: { media: 'any' | 'uploaded'; targets: 'any' | 'known' };
  throttleHttp: 400 | 429;
  nowMs: () => number;
}

/** One message that was posted by who may. */
export interface GivenMessage {
  call: MessagesCall;
  body: JsonObject;
  number: NumberSettings;
  type: string;
  /** Which template, when it is one. */
  template: TemplateName | undefined;
}

/** A message that Meta would take. */
export interface TakenMessage {
  /** The contact's wa_id, or its user id. */
  to: string;
  recipient: Recipient;
  verdict: Verdict;
  /** Why it fails later, whatever the limits say. */
  trouble: GraphFailure | undefined;
}

/** Whether Meta would take the message; what it would not take counts for no limit. */
export function examineMessage(given: GivenMessage, deps: ExamineDeps): TakenMessage | { refusal: Refusal } {
  const { call, body, number, template, type } = given;
  const unregistered = deps.registrations.refusal(number.id);
  if (unregistered) return { refusal: unregistered };
  const checked = checkMessage(body);
  if ('refusal' in checked) return checked;
  const recipient = checked.to;
  const to = addressOf(recipient, deps.rules);
  const uses = mediaUses(body, type);
  const barred =
    refuseRecipient({ ...given, recipient, to }, deps) ?? refuseContent(given, { recipient, uses }, deps);
  if (barred) return { refusal: barred };
  const verdict = deps.limits.judge(number.id, {
    to,
    isTemplate: template !== undefined,
    canBeMarketing: template !== undefined && deps.templates.canBeMarketing(number.wabaId, template.name),
    arrivedMs: call.arrivedMs,
    earliestMs: call.earliestMs,
  });
  if (verdict.refused) return { refusal: limitRefusal(verdict.refused, deps.throttleHttp) };
  const trouble = unreachable(to, deps.rules) ?? failReaction(given, deps) ?? failFiles(uses, deps);
  return { to, recipient, verdict, trouble };
}

/** What a contact is known by: its wa_id, which need not be its number, or its user id. */
export function addressOf({ phone, userId }: Recipient, rules: ContactRules): string {
  return phone === undefined ? (userId ?? '') : rules.waIdFor(phone);
}

const TO_ITSELF = refusal(131021, 'Recipient cannot be sender');
const NOT_ALLOWED: Refusal = {
  ...refusal(
    131030,
    'Recipient phone number not in allowed list',
    'Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.',
  ),
  subcode: 2655007,
};
const BLOCKED = refusal(130403, 'User is blocked', 'The business has blocked this user.');
const OTHER_IDENTITY = refusal(
  137000,
  'Identity key mismatch',
  'The identity of the recipient has changed since the given hash was taken.',
);

function refuseRecipient(
  { body, number, recipient, to }: GivenMessage & { recipient: Recipient; to: string },
  { blocks, rules }: ExamineDeps,
): Refusal | undefined {
  if (to === number.displayNumber.replace(/\D/g, '')) return TO_ITSELF;
  const allowed = number.allowedRecipients;
  if (allowed && !allowed.includes(to) && !allowed.includes(recipient.phone ?? '')) return NOT_ALLOWED;
  if (blocks.isBlocked(number.id, to)) return BLOCKED;
  const wanted = body['recipient_identity_key_hash'];
  const hash = wanted === undefined ? undefined : rules.find(to)?.identityKeyHash;
  return hash !== undefined && wanted !== hash ? OTHER_IDENTITY : undefined;
}

function refuseContent(
  { body, number, template }: GivenMessage,
  { recipient, uses }: { recipient: Recipient; uses: readonly MediaUse[] },
  { templates, media, strictness }: ExamineDeps,
): Refusal | undefined {
  const missing = uses.length > 0 && refuseFiles(uses, number.id, { media, mode: strictness.media });
  if (missing) return missing;
  if (!template) return undefined;
  const toUserId = recipient.phone === undefined;
  return refuseTemplate({ body, wabaId: number.wabaId, template, toUserId }, templates);
}

const NO_WHATSAPP: GraphFailure = {
  code: 131026,
  title: 'Message undeliverable',
  details: 'Message Undeliverable.',
};

function unreachable(to: string, rules: ContactRules): GraphFailure | undefined {
  return rules.find(to)?.reachable === false ? NO_WHATSAPP : undefined;
}

const REACTION_MS = 30 * 86_400_000;

/** A reaction needs a message that is there, is no reaction and is not older than 30 days: Meta looks later. */
function failReaction({ body, type, number }: GivenMessage, deps: ExamineDeps): GraphFailure | undefined {
  const { reaction } = body;
  if (type !== 'reaction' || deps.strictness.targets === 'any' || !isRecord(reaction)) return undefined;
  const target = deps.messages.find(written(reaction['message_id']));
  const isFine =
    target?.number === number.id && !target.isReaction && deps.nowMs() - target.atMs <= REACTION_MS;
  if (isFine) return undefined;
  return {
    code: 131009,
    title: 'Parameter value is not valid',
    details: 'The message to react to does not exist, is too old or is a reaction itself.',
  };
}
