import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openConversation, enqueue, shardOf } from '@alur/store';
import { hash, MessageId } from '@alur/types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { everythingIn, keysWith } from '../../../../store/src/testing/everything-in.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { startTestPlace, type TestPlace } from '../../testing/test-place.ts';

let place: TestPlace;
let files = 0;
beforeAll(async () => {
  place = await startTestPlace();
}, 60_000);
afterAll(() => place.stop());
beforeEach(async () => {
  const keys = await place.store.client.keys('{s*');
  if (keys.length > 0) for (const key of keys) await place.store.client.del(key);
});

const run = (...argv: string[]) =>
  runAlur(['contacts', ...argv, '--bundle', 'b', '--tenant', 'acme', '--redis', place.redis.url], place.cwd);
const newFile = () => `file-${(files += 1)}`;
const read = (file: string) => readFile(join(place.cwd, file), 'utf8');

async function queued(): Promise<void> {
  const { client } = place.store;
  const { number } = place;
  const shard = shardOf('acme', 3);
  const to = { waId: '6281234567890' };
  const cid = await openConversation(client, shard, number, to);
  const mid = MessageId.parse(hash('mid', files));
  const data = { mid, cid, class: 'reply' as const, tenant: 'acme', team: number.team, number: number.id };
  const body = { to, message: { kind: 'text' as const, text: 'Dear Ana' } };
  await enqueue(client, shard, number, [{ data, body, retryOnRateLimit: false }]);
}

describe('alur contacts opt-out, opt-in, export-opt-outs and import-opt-outs', () => {
  test('note wishes, write them to a file and take them again', async () => {
    expect(await run('opt-out', '+62 812-3456-7890', '--scope', 'marketing')).toMatchObject({
      exit: 0,
      err: '',
    });
    const again = await run(
      'opt-out',
      '6281234567890',
      '--at',
      '2020-01-01T00:00:00Z',
      '--scope',
      'marketing',
    );
    expect(again.out).toContain('Nothing changed');
    const file = newFile();
    expect((await run('export-opt-outs', file)).out).toContain('1 opt-outs');
    expect((await stat(join(place.cwd, file))).mode & 0o777).toBe(0o600);
    expect((await run('export-opt-outs', file)).exit).toBe(7);
    expect((await run('opt-in', '6281234567890')).exit).toBe(0);
    await place.store.client.flushdb();
    await place.store.client.hset('alur:meta', 'shards', 3);
    expect(await run('import-opt-outs', file)).toMatchObject({
      exit: 0,
      out: expect.stringContaining('1 opt-out taken'),
    });
  });

  test('name each bad line, and take the good ones', async () => {
    const file = newFile();
    await writeFile(join(place.cwd, file), 'wa_id\n0812-3456-7890\n6281234567890\nnobody\n');
    const { exit, out } = await run('import-opt-outs', file);
    expect([exit, out.split('\n')[0]]).toEqual([3, '1 opt-out taken, 0 known before, 2 refused']);
    expect(out).toContain(`${file}:2:1: `);
    expect(out).toContain(`${file}:4:1: `);
    expect((await run('import-opt-outs', file, '--strict', '--country', 'ID')).out).toContain(
      '0 opt-outs taken',
    );
  });
});

describe('alur contacts export and erase', () => {
  test('write all that is kept, and erase it only with a yes', async () => {
    await queued();
    const file = newFile();
    expect((await run('export', '6281234567890', file)).exit).toBe(0);
    expect(await read(file)).toContain('Dear Ana');
    expect(await run('erase', '6281234567890')).toMatchObject({ exit: 7 });
    expect(keysWith(await everythingIn(place.store.client), ['6281234567890'])).not.toEqual([]);
    const { exit, out } = await run('erase', '6281234567890', '--yes');
    expect([exit, out]).toEqual([0, expect.stringMatching(/ 1 {2}message\n/)]);
    expect(keysWith(await everythingIn(place.store.client), ['6281234567890', 'Dear Ana'])).toEqual([]);
  });

  test('ask which tenant it is where there are several', async () => {
    const ran = await runAlur(
      ['contacts', 'erase', '6281234567890', '--yes', '--bundle', 'b', '--redis', place.redis.url],
      place.cwd,
    );
    expect(ran).toMatchObject({ exit: 2, err: expect.stringContaining('--tenant') });
  });
});
