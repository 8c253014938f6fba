import { isMissing, isRecord, written } from '../checks/check.ts';
import { recipientOf } from '../checks/check-message.ts';
import { addressOf } from '../graph/examine-message.ts';
import { type Calls, type GraphCall, type GraphResult } from '../graph/graph-call.ts';
import { pageOf } from '../graph/paging.ts';
import { type Refusal, badParameter, missingParameter, refusalBody } from '../graph/refusal.ts';
import { checkProduct } from '../graph/check-product.ts';
import { type Ids } from '../ids.ts';
import { type ContactBook } from '../limits/contact-book.ts';
import { type NumberSettings } from '../options.ts';
import { type BlockList } from './block-list.ts';
import { type ContactRules } from './contact-rules.ts';

export interface BlockDeps {
  blocks: BlockList;
  contacts: ContactBook;
  rules: ContactRules;
  ids: Pick<Ids, 'trace'>;
  nowMs: () => number;
}

const DAY_MS = 86_400_000;
// Source: Meta, "Block users": how many one request may name.
const USERS_MAX = 1_000;

/** `block_users`: blocks those who wrote within 24 hours, lifts a block, and lists who is blocked. */
export function blockCalls(deps: BlockDeps): Calls<NumberSettings> {
  return {
    'POST block_users': (call, number) =>
      change(call, deps, { list: 'added_users', take: blocker(number, deps) }),
    'DELETE block_users': (call, number) =>
      change(call, deps, { list: 'removed_users', take: unblocker(number, deps) }),
    'GET block_users': (call, number) => {
      const users = deps.blocks
        .list(number.id)
        .map((contact) => ({ messaging_product: 'whatsapp', ...shown(contact) }));
      const found = pageOf(call, users);
      return 'refusal' in found ? found : { json: found.page };
    },
  };
}

interface Trouble {
  message: string;
  code: number;
  details: string;
}

type Take = (contact: string) => Trouble | undefined;

function blocker(number: NumberSettings, { blocks, contacts, nowMs }: BlockDeps): Take {
  return (contact) => {
    const sinceMs = nowMs() - contacts.lastWroteMs(number.id, contacts.resolve(contact));
    if (sinceMs > DAY_MS) {
      const details = 'User has not messaged in the last 24 hours';
      return { message: 'Re-engagement required', code: 131047, details };
    }
    if (blocks.block(number.id, contact)) return undefined;
    return {
      message: 'Blocklist limit reached',
      code: 139101,
      details: 'The blocklist is full: 64,000 users',
    };
  };
}

function unblocker(number: NumberSettings, { blocks }: BlockDeps): Take {
  // Who is not blocked needs no unblocking.
  return (contact) => {
    blocks.unblock(number.id, contact);
    return undefined;
  };
}

interface Change {
  list: 'added_users' | 'removed_users';
  take: Take;
}

function change(call: GraphCall, deps: BlockDeps, { list, take }: Change): GraphResult {
  const wrong = checkProduct(call.params['messaging_product']) ?? checkUsers(call.params['block_users']);
  if (wrong) return { refusal: wrong };
  const taken: object[] = [];
  const failed: object[] = [];
  for (const { input, contact } of namedIn(call.params['block_users'], deps.rules)) {
    const trouble = contact === undefined ? INVALID : take(contact);
    const { message = '', code = 0, details = '' } = trouble ?? {};
    const named = { input, ...(contact === undefined ? {} : shown(contact)) };
    if (trouble) failed.push({ ...named, errors: [{ message, code, error_data: { details } }] });
    else taken.push(named);
  }
  const lists = { [list]: taken, ...(failed.length > 0 ? { failed_users: failed } : {}) };
  const json = { messaging_product: 'whatsapp', block_users: lists };
  return failed.length === 0 ? { json } : { http: 400, json: { ...json, ...partly(deps) } };
}

const INVALID: Trouble = {
  message: 'Parameter value is not valid',
  code: 131009,
  details: 'The phone number is not valid',
};

/** Some or all went wrong: the error stands beside the lists. */
function partly({ ids }: BlockDeps): object {
  const error = {
    http: 400,
    code: 139100,
    message: '(#139100) Failed to block/unblock users',
    details: 'Failed to block some users, see the block_users response list for details',
  };
  const parsed: unknown = JSON.parse(refusalBody(error, ids.trace()));
  return isRecord(parsed) ? parsed : {};
}

function checkUsers(users: unknown): Refusal | undefined {
  if (users === undefined) return missingParameter('block_users');
  if (!Array.isArray(users) || users.length === 0) return badParameter('Param block_users must be an array.');
  if (users.length > USERS_MAX)
    return badParameter(`Param block_users must have at most ${USERS_MAX} elements.`);
  const missing = users.findIndex(
    (entry) => !isRecord(entry) || (isMissing(entry['user']) && isMissing(entry['user_id'])),
  );
  return missing < 0 ? undefined : missingParameter(`block_users[${missing}]['user']`);
}

/** Whom a request names, by phone number or by business-scoped user id; no contact where it is neither. */
function namedIn(users: unknown, rules: ContactRules): { input: string; contact: string | undefined }[] {
  const entries = Array.isArray(users) ? users.filter(isRecord) : [];
  return entries.map(({ user, user_id: userId }) => {
    const found = recipientOf({ to: user, recipient: userId });
    return { input: written(isMissing(user) ? userId : user), contact: found && addressOf(found, rules) };
  });
}

/** A contact that is known by its user id alone has no `wa_id`. */
function shown(contact: string): object {
  return /^[0-9]+$/.test(contact) ? { wa_id: contact } : { user_id: contact };
}
