import { setWish, shardOf } from '@alur/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { runAlur } from '../../testing/run-alur.ts';
import { CONTACT, tellStory, type ToldStory } from '../../testing/tell-story.ts';
import { ACME, startTestPlace, type TestPlace } from '../../testing/test-place.ts';

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
  runAlur(['contacts', ...argv, '--redis', place.redis.url], place.cwd, { env: { BUNDLE_DIR: 'b' } });
const json = async (...argv: string[]) => Object(JSON.parse((await alur(...argv, '--json')).out)).data;
const optOut = () =>
  setWish(place.store.client, shardOf('acme', 3), {
    tenant: 'acme',
    contact: { waId: CONTACT.waId },
    change: 'out',
    scope: 'marketing',
    atS: Math.floor(Date.now() / 1_000),
    source: 'operator',
  });

describe('alur contacts list', () => {
  test('shows who wrote, masked, and whole when it is told to', async () => {
    const { exit, out, err } = await alur('list');
    expect([exit, err]).toEqual([0, '']);
    expect(out).toMatch(/^WROTE +CONTACT +TEAM +NUMBER +TAGS +OPTED OUT +CONVERSATION\n/);
    expect(out).toMatch(new RegExp(`…7890 +acme/default +${ACME} +vip +- +${story.cid}\n`));
    expect(out).not.toContain(CONTACT.waId);
    expect((await alur('list', '--show-contact')).out).toContain(`${CONTACT.waId} (${CONTACT.name})`);
  });

  test.each([
    [['--tenant', 'acme'], 1],
    [['--tenant', 'zoo'], 0],
    [['--team', 'default', '--tag', 'vip'], 1],
    [['--tag', 'other'], 0],
    [['--opted-out'], 0],
    [['--limit', '1'], 1],
  ])('%j', async (flags, count) => {
    expect((await json('list', ...flags)).contacts).toHaveLength(count);
  });

  test('lists those who opted out, and of what', async () => {
    await optOut();
    expect((await json('list', '--opted-out')).contacts).toMatchObject([
      { conversation: story.cid, contact: { waId: '…7890' }, optedOut: 'marketing' },
    ]);
  });

  test('refuses what it does not know', async () => {
    expect((await alur('list', '--tenant', 'nobody')).exit).toBe(4);
    expect((await alur('list', '--limit', '0')).exit).toBe(2);
  });
});

describe('alur contacts show', () => {
  test.each([
    ['a number', () => '+62 812-3456-7890'],
    ['the digits of one', () => CONTACT.waId],
    ['a conversation', () => story.cid],
  ])('finds a contact by %s: window, session, tags, events with their messages', async (_name, who) => {
    await optOut();
    const { exit, out, err } = await alur('show', who());
    expect([exit, err]).toEqual([0, '']);
    for (const line of [
      `Contact …7890  with number ${ACME}`,
      'team          acme/default',
      `conversation  ${story.cid}`,
      'tags          vip',
      'opted out     of marketing',
      'inbox         empty',
      `message ${story.mids[0]}  text  delivered`,
      `message ${story.mids[1]}  text  read`,
      `event ${story.evt}`,
    ])
      expect(out).toContain(line);
    expect(out).toMatch(/window +open until /);
    expect(out).toMatch(/waits at order\/answer: for the contact's next message, goes on\s+by itself/);
    expect(out).toMatch(/ {2}text {2}waiting {2}order: pick → tea → ask → answer\n/);
    for (const secret of [CONTACT.waId, CONTACT.name]) expect(out).not.toContain(secret);
  });

  test('has the same as one JSON document', async () => {
    expect(await json('show', story.cid, '--show-contact')).toMatchObject({
      conversations: [
        {
          conversation: story.cid,
          tenant: 'acme',
          number: ACME,
          contact: CONTACT,
          tags: ['vip'],
          optedOut: null,
          wait: { flow: 'order', node: 'answer', for: 'message', until: expect.any(String) },
          events: [{ evt: story.evt, messages: [{ state: 'delivered' }, { state: 'read' }] }],
        },
      ],
    });
  });

  test('says of one that nobody knows why that may be, and of what is no contact how one is named', async () => {
    const { exit, err } = await alur('show', '+62 812-0000-0000');
    expect([exit, err]).toEqual([4, expect.stringContaining('silent for 90 days')]);
    expect((await alur('show', 'f'.repeat(32))).exit).toBe(4);
    expect((await alur('show', 'Ana')).exit).toBe(2);
    expect((await alur('show', story.cid, '--tenant', 'zoo')).exit).toBe(4);
  });
});
