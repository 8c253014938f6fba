import { describe, expect, test } from '@jest/globals';
import { describeCode } from './describe-code.ts';

describe('describeCode()', () => {
  test("gives a Graph code's title, class and advice, with the bundle's word on it", () => {
    expect(describeCode('131026')).toMatchObject({
      title: 'The contact cannot get the message',
      class: 'bad_recipient',
    });
    const overrides = new Map([
      [131026, { class: 'retry', advice: 'Ring them up.' } as const],
      [999999, { class: 'pause_waba' } as const],
    ]);
    expect(describeCode('131026', overrides)).toEqual({
      title: 'The contact cannot get the message',
      class: 'retry',
      advice: 'Ring them up.',
    });
    expect(describeCode('999999', overrides)).toMatchObject({ class: 'pause_waba' });
  });

  test('knows the codes of our own, and no others', () => {
    expect(describeCode('owner_lost')?.title).toContain('The sender was lost');
    expect(describeCode('operator')?.title).toContain('alur numbers pause');
    for (const code of ['', '999999', 'constructor', '-1', '1e3']) expect(describeCode(code)).toBeUndefined();
  });
});
