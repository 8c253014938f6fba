import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InboundEvent, OPT_OUT_WORDS, createOptOutMatcher, eventId } from './index.ts';

const locales = Object.values(OPT_OUT_WORDS);
const words = {
  stop: locales.flatMap(({ stop }) => stop),
  start: locales.flatMap(({ start }) => start),
};
const wish = createOptOutMatcher(words);

function anEvent(fields: Record<string, unknown>): InboundEvent {
  const evt = eventId('1', 'text', 'wamid.IN');
  const common = { evt, tenant: 't', team: 'm', number: '1', wamid: 'wamid.IN', at: 1, receivedAtMs: 1000 };
  return InboundEvent.parse({ ...common, from: {}, ...fields });
}
const text = (body: string) => anEvent({ kind: 'text', text: body });
const tap = (id: string, title: string) => anEvent({ kind: 'interactive', source: 'button', id, title });

const someStop = fc.constantFrom(...words.stop);
const someStart = fc.constantFrom(...words.start);
/** What people put around a word. */
const around = fc
  .array(
    fc.constantFrom(' ', '\t', '\n', '!', '.', '…', '?', '"', '«', '*', '🛑', '🙏🏽', '❤️', '\u200b', '\ufeff'),
    {
      maxLength: 2,
    },
  )
  .map((parts) => parts.join(''));
/** The same word in another dress. */
const dress = fc.constantFrom<(word: string) => string>(
  (word) => word,
  (word) => word.toLowerCase(),
  (word) => word.normalize('NFD'),
  (word) => word.normalize('NFD').replace(/\p{M}/gu, ''),
  (word) => word.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  (word) => word.split('').join('\u200d'),
  (word) => word.replaceAll(' ', ' \u00a0 '),
  (word) => word.replaceAll("'", '’'),
);

describe('createOptOutMatcher()', () => {
  test.each([
    'STOP',
    'Stop.',
    ' ＳＴＯＰ ',
    'stop!!! 🛑',
    'S\u200bTOP',
    'STOP ALL',
    'stop\u00a0 all',
    'opt-out',
    'Opt‑Out',
    'opt out',
    'ARRÊT',
    'Arret',
    'ARRE\u0302T',
    'berhenti',
    '¡Baja!',
    '“Stopp”',
  ])('takes %j as a stop', (body) => {
    expect(wish(text(body))).toBe('out');
  });

  test.each([
    'quero parar de pagar',
    'stop by at 5',
    'bus stop',
    'end of month',
    'cancel my order',
    'stop, all is well',
    'stopp-schild',
    'no',
    'cancelar',
    'sair',
    '',
    '🛑',
    '?!',
    'constructor',
    '__proto__',
    `STOP${'!'.repeat(61)}`,
  ])('takes %j as an ordinary message', (body) => {
    expect(wish(text(body))).toBeUndefined();
  });

  test('takes every word of every language, however it is written', () => {
    fc.assert(
      fc.property(someStop, someStart, around, around, dress, (stop, start, before, after, dressed) => {
        expect(wish(text(before + dressed(stop) + after))).toBe('out');
        expect(wish(text(before + dressed(start) + after))).toBe('in');
      }),
      { numRuns: 500 },
    );
  });

  test('takes no sentence with a word in it', () => {
    const other = fc.stringMatching(/^[a-z]{1,12}$/).map((word) => `q${word}`);
    fc.assert(
      fc.property(
        fc.array(other, { maxLength: 3 }),
        other,
        someStop,
        dress,
        (before, after, stop, dressed) => {
          expect(wish(text([...before, dressed(stop), after].join(' ')))).toBeUndefined();
          expect(wish(text([after, ...before, dressed(stop)].join(' ')))).toBeUndefined();
          expect(wish(text(`${dressed(stop)}, ${after}`))).toBeUndefined();
        },
      ),
      { numRuns: 300 },
    );
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (body) => {
        expect([undefined, 'out', 'in']).toContain(wish(text(body)));
      }),
    );
  });

  test('takes the id of what was tapped before its title', () => {
    expect(wish(tap('stop', 'No more offers'))).toBe('out');
    expect(wish(tap('menu_3', 'Unsubscribe'))).toBe('out');
    expect(wish(tap('start', 'Stop'))).toBe('in');
    expect(wish(tap('stop_the_game', 'Pause'))).toBeUndefined();
  });

  test('takes no caption, reaction or form', () => {
    expect(
      wish(anEvent({ kind: 'media', media: { type: 'image', id: '1', caption: 'STOP' } })),
    ).toBeUndefined();
    expect(wish(anEvent({ kind: 'reaction', reaction: { wamid: 'x', emoji: '🛑' } }))).toBeUndefined();
    expect(wish(anEvent({ kind: 'form', form: { answer: 'STOP' } }))).toBeUndefined();
  });

  test('tells words of a script apart by its vowel signs', () => {
    const hindi = createOptOutMatcher({ stop: ['बंद करो'], start: [] });
    expect(hindi(text('बंद करो।'))).toBe('out');
    expect(hindi(text('बद कर'))).toBeUndefined();
  });

  test('lets punctuation between words make a difference', () => {
    const spanish = createOptOutMatcher({ stop: ['no quiero más'], start: [] });
    expect(spanish(text('No quiero mas!'))).toBe('out');
    expect(spanish(text('No, quiero más'))).toBeUndefined();
    expect(spanish(text('No - quiero más'))).toBeUndefined();
  });

  test('ignores a word of symbols alone, and lets stop win over start', () => {
    const odd = createOptOutMatcher({ stop: ['🛑', 'halt'], start: ['!', 'HALT'] });
    expect(odd(text('👍'))).toBeUndefined();
    expect(odd(text('Halt'))).toBe('out');
  });
});

describe('OPT_OUT_WORDS', () => {
  test('has no word that is both, and none that answers or chooses', () => {
    const ambiguous = [
      'END',
      'CANCEL',
      'QUIT',
      'YES',
      'SI',
      'OUI',
      'JA',
      'CANCELAR',
      'SAIR',
      'NO',
      'SIM',
      'VOLTAR',
    ];
    for (const word of ambiguous) expect(wish(text(word))).toBeUndefined();
    for (const word of words.start) expect(wish(text(word))).toBe('in');
  });
});
