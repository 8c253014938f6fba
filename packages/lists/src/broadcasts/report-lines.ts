import {
  readReport,
  type Broadcast,
  type BroadcastRef,
  type RedisClient,
  type ReportLine,
} from '@alur/store';

const HEADINGS = ['recipient', 'message', 'state', 'reason', 'code'];
const CONTACTS = ['wa_id', 'user_id'];

/** The report of a broadcast as CSV, in parts: a line a recipient, in their order. Contacts are personal data. */
export async function* reportLines(
  client: RedisClient,
  ref: BroadcastRef,
  broadcast: Broadcast,
  withContacts: boolean,
): AsyncGenerator<string> {
  yield `${[...HEADINGS, ...(withContacts ? CONTACTS : [])].join(',')}\n`;
  for await (const lines of readReport(client, ref, broadcast))
    yield lines.map((line) => lineOf(line, withContacts)).join('');
}

// Ids, words and digits only: nothing needs quotes.
function lineOf({ index, mid, state, reason, code, recipient }: ReportLine, withContacts: boolean): string {
  const contact = withContacts ? [recipient?.waId ?? '', recipient?.userId ?? ''] : [];
  return `${[index + 1, state === 'waiting' || state === 'cancelled' ? '' : mid, state, reason, code, ...contact].join(',')}\n`;
}
