import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { enqueue, openConversation, pauseNumber, shardOf } from '@alur/store';
import { hash, MessageId } from '@alur/types';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buryMessage } from '../../testing/bury-message.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { CONTACT, tellStory, type ToldStory } from '../../testing/tell-story.ts';
import { startTestPlace, type TestPlace } from '../../testing/test-place.ts';

const DOCUMENT = fileURLToPath(new URL('../../../../../docs/explain.md', import.meta.url));
const STORY = /(<!-- story -->\n\n```text\n)([^]*?)(```\n\n<!-- \/story -->)/;

let place: TestPlace;
let story: ToldStory;
beforeAll(async () => {
  place = await startTestPlace();
});
afterAll(() => place.stop());
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
  story = await tellStory(place.store, place.number);
});

const alur = (...argv: string[]) =>
  runAlur([...argv, '--redis', place.redis.url], place.cwd, { env: { BUNDLE_DIR: 'b' } });
const explain = (...argv: string[]) => alur('explain', ...argv);

/** A text without what is another in each run: ids, times of day and of the calendar, and how long ago they are. */
function steady(text: string): string {
  const ids: string[] = [];
  return text
    .replace(/[0-9a-f]{32}/g, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `id ${ids.indexOf(id)}`;
    })
    .replace(/\d\d:\d\d:\d\d\.(\d{3})/g, '00:00:00.$1')
    .replace(/\d{4}-\d\d-\d\dT\S+ \((in )?\d+[dhms]( ago)?\)/g, 'then');
}

describe('docs/explain.md', () => {
  // ALUR_UPDATE_DOCS=1 writes the example anew.
  test('shows what `alur explain` prints', async () => {
    const { out } = await explain(story.wamid);
    const text = readFileSync(DOCUMENT, 'utf8');
    const shown = `$ alur explain ${story.wamid}\n${out}`;
    if (process.env['ALUR_UPDATE_DOCS'] === '1')
      writeFileSync(
        DOCUMENT,
        text.replace(STORY, (_, before, __, after) => `${before}${shown}${after}`),
      );
    expect(steady(STORY.exec(readFileSync(DOCUMENT, 'utf8'))?.[2] ?? '')).toBe(steady(shown));
  });
});

describe('alur explain', () => {
  test('tells the same story by each id of it', async () => {
    const whole = await explain(story.wamid);
    expect(await explain(story.evt)).toEqual(whole);
    const byMessage = await explain(story.mids[1].toUpperCase());
    expect(byMessage.out.replace(', asked for', '')).toBe(whole.out);
    expect(await explain(story.sentAs)).toEqual(byMessage);
    expect([whole.exit, whole.err]).toEqual([0, '']);
  });

  test('shows nothing personal unless it is told to', async () => {
    const { out } = await explain(story.evt);
    expect(out).toContain('…7890');
    for (const secret of [CONTACT.waId, CONTACT.name, 'tea please', 'One tea', story.sentAs])
      expect(out).not.toContain(secret);
    const shown = await explain(story.evt, '--show-contact');
    for (const secret of [CONTACT.waId, CONTACT.name, story.sentAs]) expect(shown.out).toContain(secret);
    expect(shown.out).not.toContain('One tea');
  });

  test('has the same as one JSON document, times in UTC', async () => {
    const { out } = await explain(story.mids[1], '--json');
    const { data } = Object(JSON.parse(out));
    expect(data).toMatchObject({
      asked: { mid: story.mids[1] },
      conversation: story.cid,
      contact: { waId: '…7890' },
      event: {
        evt: story.evt,
        receivedAt: expect.stringMatching(/Z$/),
        turn: { outcome: 'waiting', flow: 'order', emitted: ['order.begun'], lostRunners: 0 },
      },
      messages: [
        { mid: story.mids[0], furthest: 'delivered', attempts: 1 },
        {
          mid: story.mids[1],
          state: 'sent',
          furthest: 'read',
          attempts: 2,
          waits: [{ scope: 'pair', count: 1, totalMs: 4_800, since: null }],
        },
      ],
      gone: [],
    });
    expect(out).not.toContain(CONTACT.waId);
  });

  test('needs no bundle for an id, and one for a wamid', async () => {
    const bare = (id: string) => runAlur(['explain', id, '--redis', place.redis.url], place.cwd);
    expect((await bare(story.evt)).exit).toBe(0);
    expect((await bare(story.wamid)).exit).not.toBe(0);
  });

  test('says where a queued message waits, for what, and that its number is paused', async () => {
    const { client, shards } = place.store;
    const { number } = place;
    const shard = shardOf(number.tenant, shards);
    const cid = await openConversation(client, shard, number, { waId: '4915550009' });
    const { tenant, team, id } = number;
    const mid = MessageId.parse(hash('mid', 'paused'));
    await pauseNumber(client, shard, number, { of: 'number', untilMs: undefined, code: 'operator' });
    await enqueue(client, shard, number, [
      {
        data: { mid, cid, class: 'notification', tenant, team, number: id },
        body: { to: { waId: '4915550009' }, message: { kind: 'text', text: 'Hello' } },
        retryOnRateLimit: false,
      },
    ]);
    const { out } = await explain(mid);
    expect(out).toContain('No event: the API, a broadcast or an operator queued it');
    expect(out).toContain('…0009');
    expect(out).toMatch(/\(notification, text\): queued\n/);
    expect(out.replace(/\s+/g, ' ')).toContain(
      `now Queued: waits for a place in its tier's queue, nobody before it. The number ${id} is paused until it is lifted: operator, Paused with \`alur numbers pause\`.`,
    );
  });

  test('says why a message is dead and what to do', async () => {
    const { mid } = await buryMessage(place.store, {
      number: place.number,
      reason: 'bad_recipient',
      code: '131026',
    });
    const { out } = await explain(mid);
    expect(out).toContain('attempt 1: refused for good');
    expect(out).toContain('code 131026: The contact cannot get the message');
    expect(out).toContain('Dead: bad_recipient. Ask the contact for another number, or drop it.');
  });

  test('points from a conversation to where it is shown', async () => {
    const { exit, err } = await explain(story.cid);
    expect(exit).toBe(4);
    expect(err).toContain(`alur contacts show ${story.cid}`);
  });

  test.each(['f'.repeat(32), 'wamid.UNHEARD'])(
    'of %s, that nobody knows: exit 4 and why that may be',
    async (id) => {
      const { exit, out, err } = await explain(id);
      expect([exit, out]).toEqual([4, '']);
      expect(err).toMatch(/eight days.*another Redis; check --redis or REDIS_URL, and SHARDS/s);
    },
  );
});
