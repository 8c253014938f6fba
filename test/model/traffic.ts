import type { SendingNumber } from '@alur/store';
import { shardKeys } from '../../packages/store/src/keys.ts';
import { canonical, parseContents } from './contents.ts';
import { NOW, SHARD, TRAFFIC } from './scenario.ts';

// Other messages of the number matter in one way only: their statuses prove that statuses arrive. So they are there
// for one call.

/** Contents with three more messages, claimed just now and sent. */
export function withTraffic(text: string, number: SendingNumber): string {
  const contents = parseContents(text);
  const record = { state: 'sent', attempt: '1', number: number.id, started: String(NOW), facts: '{}' };
  const records = Object.fromEntries(TRAFFIC.map((mid) => [shardKeys(SHARD).message(mid), record]));
  return canonical({ ...contents, hashes: { ...contents.hashes, ...records } });
}

/** Contents without their records. */
export function withoutTraffic(text: string): string {
  const contents = parseContents(text);
  const others = Object.entries(contents.hashes).filter(([key]) => !/:msg:<t\d>/.test(key));
  return canonical({ ...contents, hashes: Object.fromEntries(others) });
}
