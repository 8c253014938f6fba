import {
  EventId,
  hash,
  type MessageId,
  type NumberId,
  type Sender,
  type StatusEvent,
  readAs,
} from '@alur/types';
import type { z } from 'zod';
import type { RedisClient } from './connection.ts';
import type { Intake } from './intake.ts';
import { shardKeys, shardOf } from './keys.ts';
import { readContact } from './read-contact.ts';
import { MessageBody, MessageData } from './record.ts';
import type { OwnStatus } from './statuses.ts';
import { readWants, type Wants } from './wants.ts';

/** What became of a message of ours. */
export interface StatusNote {
  mid: MessageId;
  number: { id: NumberId; tenant: string; team: string };
  state: z.infer<typeof StatusEvent>['status']['state'];
  /** Unix seconds. */
  at: number;
  attempt?: number | undefined;
  wamid?: string | undefined;
  /** Graph's. */
  code?: number | undefined;
  reason?: string | undefined;
}

export interface StatusTeller {
  /** Gives each note to the conversation of its message, once, where the team's flows want to hear of statuses. */
  tell(notes: readonly StatusNote[]): Promise<void>;
  /** The same for receipts of Meta's. A later delivery of one makes the same event. */
  tellReceipts(receipts: readonly Receipt[]): Promise<void>;
}

type Receipt = OwnStatus & Pick<StatusNote, 'number'>;

// A flow that begins to want statuses hears of them after so long at most.
const WANTS_KEEP_MS = 2_000;

export interface StatusTellerDeps {
  client: RedisClient;
  shards: number;
  intake: Intake;
}

export function createStatusTeller(deps: StatusTellerDeps): StatusTeller {
  const known = new Map<string, { atMs: number; wants: Promise<Wants> }>();
  const wantsOf = ({ tenant, team }: StatusNote['number']): Promise<Wants> => {
    const key = `${tenant}/${team}`;
    const last = known.get(key);
    if (last !== undefined && performance.now() - last.atMs < WANTS_KEEP_MS) return last.wants;
    const wants = readWants(deps.client, shardOf(tenant, deps.shards), { tenant, team });
    known.set(key, { atMs: performance.now(), wants });
    // A failure is the caller's, and the next one's to try again.
    wants.catch(() => known.delete(key));
    return wants;
  };
  const tell: StatusTeller['tell'] = async (notes) => {
    const events = await Promise.all(
      notes.map(async (note) => ((await wantsOf(note.number)).statuses ? eventOf(note, deps) : undefined)),
    );
    const wanted = events.flatMap((event) => event ?? []);
    if (wanted.length > 0) await deps.intake.accept(wanted);
  };
  return { tell, tellReceipts: (receipts) => tell(receipts.flatMap(noteOf)) };
}

function noteOf({ status, number, failure }: Receipt): StatusNote[] {
  const { status: state, mid, attempt, wamid, at, errorCode } = status;
  if (state === 'other' || state === 'played') return [];
  return [{ mid, number, state, at, attempt, wamid, code: errorCode, reason: failure?.reason }];
}

/**
 * undefined for a message that nobody knows any more or that cannot be read: the receipts beside it must not wait for it.
 * Also for one that a status itself has caused: that would never end.
 */
async function eventOf(
  { mid, number, state, at, attempt, wamid, code, reason }: StatusNote,
  { client, shards }: StatusTellerDeps,
): Promise<z.infer<typeof StatusEvent> | undefined> {
  const { id, tenant, team } = number;
  const keys = shardKeys(shardOf(tenant, shards));
  const [json, body] = await client.hmget(keys.message(mid), 'data', 'body');
  const data = read(MessageData, json);
  // A receipt names its message in a tag that anybody may write: another number's message is nobody's here.
  if (!data || data.number !== id || data.quiet === true) return undefined;
  const contact = await readContact(client, shardOf(tenant, shards), data.cid);
  const from = senderOf({ ...read(MessageBody, body)?.to, ...contact });
  if (from.waId === undefined && from.userId === undefined) return undefined;
  return {
    kind: 'status',
    evt: EventId.parse(hash('status', mid, state, attempt ?? 0)),
    tenant,
    team,
    number: id,
    at,
    receivedAtMs: at * 1000,
    from,
    status: { state, wamid, code, reason },
  };
}

function read<T>(schema: z.ZodType<T>, json: string | null | undefined): T | undefined {
  try {
    return json ? readAs(schema, JSON.parse(json)).data : undefined;
  } catch {
    return undefined;
  }
}

function senderOf({ waId, userId, name }: Sender): Sender {
  return {
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(name !== undefined && { name }),
  };
}
