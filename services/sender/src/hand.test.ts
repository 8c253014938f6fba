import { describe, expect, test } from '@jest/globals';
import { Reminder } from '@alur/store';
import { hash } from '@alur/types';
import { waitFor } from '../../../test/support/wait.ts';
import { createHand } from './hand.ts';

const reminder = (name: string) =>
  Reminder.parse({ mid: hash(name), cid: hash('c', name), class: 'reply', number: '1', shard: 0 });

function lab() {
  const delivered: string[] = [];
  const given: string[] = [];
  const errors: unknown[] = [];
  const hand = createHand({
    deliver: async ({ mid }) => {
      if (mid === hash('bad')) throw new Error('no');
      await Promise.resolve();
      delivered.push(mid);
    },
    giveBack: async ({ mid }) => {
      await Promise.resolve();
      given.push(mid);
    },
    onError: (error) => void errors.push(error),
  });
  return { hand, delivered, given, errors };
}

describe('createHand()', () => {
  test('asks again for each message when its time has come', async () => {
    const { hand, delivered } = lab();
    expect(hand.hold(reminder('late'), 30)).toBe(true);
    expect(hand.hold(reminder('early'), 1)).toBe(true);
    await waitFor(() => (delivered.length === 2 ? true : undefined), 'both to be delivered');
    expect(delivered).toEqual([hash('early'), hash('late')]);
    await hand.stop();
  });

  test('gives back what still waits when it stops, and waits for what is on its way', async () => {
    const { hand, delivered, given } = lab();
    hand.hold(reminder('far'), 60_000);
    await hand.stop();
    expect([delivered, given]).toEqual([[], [hash('far')]]);
  });

  test('tells of a delivery that failed and goes on', async () => {
    const { hand, delivered, errors } = lab();
    hand.hold(reminder('bad'), 0);
    hand.hold(reminder('good'), 5);
    await waitFor(() => (delivered.length === 1 ? true : undefined), 'the good one to be delivered');
    expect(errors).toHaveLength(1);
    await hand.stop();
  });

  test('says when it is full', async () => {
    const { hand } = lab();
    const held = Array.from({ length: 10_001 }, () => hand.hold(reminder('x'), 60_000));
    expect(held.lastIndexOf(true)).toBe(9_999);
    expect(held.at(-1)).toBe(false);
    await hand.stop();
  });
});
