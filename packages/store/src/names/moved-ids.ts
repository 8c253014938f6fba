import { z } from 'zod';
import { contactHashes } from '../keys.ts';
import type { ContactIds, IdKind } from './names.ts';

// Longer than anybody changes numbers in the time that a conversation is remembered for; scripts follow as many.
const MOVED_MAX = 16;

/**
 * An id that a conversation's contact goes by no more, since when (Unix s), and the one that came instead, if any. `who` and `heir` are
 * the two as opt-outs have them. What was written before names the old ones: events, timers, messages.
 */
export const MovedId = z.object({
  kind: z.enum(['user_id', 'wa_id']),
  was: z.string(),
  is: z.string().optional(),
  at: z.number(),
  who: z.string(),
  heir: z.string().optional(),
});
export type MovedId = z.infer<typeof MovedId>;

const MovedIds = z.array(MovedId);

/** Reads a conversation's list of ended ids; '' is none. */
export function parseMoved(json: string): MovedId[] {
  return json === '' ? [] : MovedIds.parse(JSON.parse(json));
}

/** Writes it; none is ''. */
export function formatMoved(moved: readonly MovedId[]): string {
  return moved.length === 0 ? '' : JSON.stringify(moved);
}

export function movedId(
  tenant: string,
  kind: IdKind,
  { was, is, at }: { was: string; is: string | undefined; at: number },
): MovedId {
  const hashOf = (id: string) => contactHashes(tenant, idsOf(kind, id))[0] ?? '';
  const ended = is === undefined ? { was, at } : { was, is, at };
  return { kind, ...ended, who: hashOf(was), ...(is !== undefined && { heir: hashOf(is) }) };
}

function idsOf(kind: IdKind, id: string): ContactIds {
  return kind === 'wa_id' ? { waId: id } : { userId: id };
}

/** Adds what ended, in any order of time: of one id the latest word stands, and one that was come back to has not ended. */
export function addMoved(moved: readonly MovedId[], added: readonly MovedId[]): MovedId[] {
  return added.reduce<MovedId[]>(addOne, [...moved]).slice(-MOVED_MAX);
}

function addOne(moved: MovedId[], one: MovedId): MovedId[] {
  const isSame = (each: MovedId) => each.kind === one.kind && each.was === one.was;
  const isNewer = moved.some((each) => isSame(each) && each.at >= one.at);
  const cameBack = moved.some((each) => each.kind === one.kind && each.is === one.was && each.at > one.at);
  if (isNewer || cameBack) return moved;
  const isOver = (each: MovedId) => each.kind === one.kind && each.was === one.is && each.at < one.at;
  return [...moved.filter((each) => !isSame(each) && !isOver(each)), one];
}

/** The same contact by the ids that hold now. */
export function currentIds<T extends ContactIds>(contact: T, moved: readonly MovedId[]): T {
  if (moved.length === 0) return contact;
  const waId = currentId('wa_id', contact.waId, moved);
  const userId = currentId('user_id', contact.userId, moved);
  return { ...contact, waId, userId };
}

function currentId(kind: IdKind, id: string | undefined, moved: readonly MovedId[]): string | undefined {
  let now = id;
  for (let hop = 0; hop < MOVED_MAX; hop += 1) {
    const end = moved.find((each) => each.kind === kind && each.was === now);
    if (!end) break;
    now = end.is;
  }
  return now;
}
