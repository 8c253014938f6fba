import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { readBundle } from '@alur/bundle';
import { keepMediaId, shardOf } from '@alur/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runAlur } from '../../testing/run-alur.ts';
import { ACME, startTestPlace, ZOO, type TestPlace } from '../../testing/test-place.ts';

const BYTES = Buffer.from('a photo '.repeat(1_000));
const HASH = createHash('sha256').update(BYTES).digest();

let place: TestPlace;
let graph: Server;
let base: string;
let described: Record<string, unknown>;
let fileStatus: number;
let asked: string[];

beforeAll(async () => {
  place = await startTestPlace();
  await mkdir(join(place.cwd, 'b', 'media'));
  await writeFile(join(place.cwd, 'b', 'media', 'menu.pdf'), '%PDF-1.7');
  await writeFile(join(place.cwd, 'b', 'media', 'fake.jpg'), 'x');
});
afterAll(() => place.stop());
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
  [described, fileStatus, asked] = [{}, 200, []];
  graph = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/file') return response.writeHead(fileStatus).end(BYTES);
    const media = { url: `${base}/file`, mime_type: 'image/jpeg', sha256: HASH.toString('hex') };
    return response
      .writeHead('error' in described ? 400 : 200)
      .end(JSON.stringify({ ...media, ...described }));
  });
  graph.listen(0, '127.0.0.1');
  await once(graph, 'listening');
  const address = graph.address();
  base = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
});
afterEach(async () => {
  graph.closeAllConnections();
  graph.close();
  for (const name of await readdir(place.cwd)) {
    if (name.startsWith('77') || name.startsWith('got')) await rm(join(place.cwd, name));
  }
});

const alur = (line: string, redis = place.redis.url) =>
  runAlur(line.split(' '), place.cwd, {
    env: { BUNDLE_DIR: 'b', REDIS_URL: redis, GRAPH_BASE_URL: base },
  });
const files = async () => (await readdir(place.cwd)).filter((name) => /^(77|got)/.test(name));

describe('alur media list', () => {
  test('shows files with the numbers that have uploaded them, and what is wrong with others', async () => {
    const file = (await readBundle(join(place.cwd, 'b'))).mediaFiles.get('media/menu.pdf');
    const at = { shard: shardOf('zoo', 3), number: place.other.id, sha256: file?.sha256 ?? '' };
    await keepMediaId(place.store.client, at, { id: '123', atMs: 0 });
    const ran = await alur('media');
    expect(ran.exit).toBe(0);
    expect(ran.out).toBe(
      'FILE            BYTES  TYPE             UPLOADED FOR\nmedia/menu.pdf      8  application/pdf  100200400\n',
    );
    expect(ran.err).toContain('media/fake.jpg: it does not begin as image/jpeg does (give it the ending');
    expect(JSON.parse((await alur('media list --json')).out)).toMatchObject({
      ok: true,
      data: {
        files: [
          {
            path: 'media/menu.pdf',
            bytes: 8,
            mimeType: 'application/pdf',
            sha256: file?.sha256,
            uploads: [{ number: ZOO, mediaId: '123', at: '1970-01-01T00:00:00.000Z' }],
          },
        ],
        problems: [{ file: 'media/fake.jpg' }],
      },
    });
  });

  test('shows files without Redis, too', async () => {
    const ran = await alur('media list', 'redis://127.0.0.1:1');
    expect(ran.exit).toBe(0);
    expect(ran.out).toContain('not known');
    expect(ran.err).toContain('Which files Meta has is not known: Cannot reach Redis');
  });

  test('says where to put files when there are none', async () => {
    expect((await alur('media list --bundle one')).out).toContain('put them into its folder media');
  });
});

describe('alur media get', () => {
  test('fetches a file into one with the ending of its type', async () => {
    const ran = await alur(`media get 77 --number ${ACME}`);
    expect(ran).toEqual({ exit: 0, out: `77.jpg: ${BYTES.length} bytes, image/jpeg\n`, err: '' });
    expect(await readFile(join(place.cwd, '77.jpg'))).toEqual(BYTES);
    expect(await files()).toEqual(['77.jpg']);
    expect(asked[0]).toBe(`/${place.number.apiVersion}/77?phone_number_id=${ACME}`);
    expect(await alur(`media get 77 --number ${ACME}`)).toMatchObject({ exit: 7 });
    expect(await files()).toEqual(['77.jpg']);
  });

  test('fetches it with the only number of a bundle, into the file that is named', async () => {
    const ran = await alur(`media get 77 --bundle one --out got --sha256 ${HASH.toString('base64')} --json`);
    expect(JSON.parse(ran.out)).toMatchObject({
      ok: true,
      data: { file: 'got', bytes: BYTES.length, mimeType: 'image/jpeg', sha256: HASH.toString('hex') },
    });
    expect(await files()).toEqual(['got']);
    expect(await alur('media get 77 --bundle one --out got')).toMatchObject({ exit: 7 });
  });

  test.each<[string, string, number, string]>([
    ['an id that is none', 'media get ../77 --bundle one', 2, 'is no media id'],
    ['no number where there are two', 'media get 77', 2, 'name the one that got the file with --number'],
    ['a number that is not there', 'media get 77 --number 1', 4, 'No number "1"'],
    ['a folder that is not there', 'media get 77 --bundle one --out no/got', 4, 'there is no folder "no"'],
    ['a hash that is none', 'media get 77 --bundle one --sha256 abc', 2, '--sha256 is no SHA-256'],
  ])('refuses %s before it asks Graph', async (_label, line, exit, err) => {
    expect(await alur(line)).toMatchObject({ exit, out: '', err: expect.stringContaining(err) });
    expect([asked, await files()]).toEqual([[], []]);
  });

  test.each<[string, object, number, number, string]>([
    ['is over', {}, 404, 4, 'Meta does not have it any more'],
    ['has other bytes', { sha256: 'ab'.repeat(32) }, 200, 7, 'its bytes are not those of the hash'],
    ['is elsewhere', { url: 'https://example.com/file' }, 200, 7, 'so it gets no token'],
    [
      'is unknown',
      { error: { code: 100, error_subcode: 33 } },
      200,
      4,
      'Meta has no such file for number 100200300',
    ],
    [
      'may not be had',
      { error: { code: 190, message: 'said Meta' } },
      200,
      7,
      'Graph refused it (190, The access',
    ],
  ])('leaves no file when it %s', async (_label, more, status, exit, err) => {
    [described, fileStatus] = [{ ...more }, status];
    const ran = await alur('media get 77 --bundle one');
    expect(ran).toMatchObject({ exit, out: '', err: expect.stringContaining(err) });
    expect(ran.err).not.toContain('said Meta');
    expect(await files()).toEqual([]);
  });
});
