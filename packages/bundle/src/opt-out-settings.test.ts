import { OPT_OUT_WORDS } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { OptOutEntry } from './bundle-file.ts';
import { optOutSettings } from './opt-out-settings.ts';

const settings = (entry: object) => optOutSettings(OptOutEntry.parse(entry));
const words = (kind: 'stop' | 'start', ...languages: string[]) =>
  languages.flatMap((language) => OPT_OUT_WORDS[language]?.[kind] ?? []);

describe('optOutSettings()', () => {
  test('understands English and Indonesian unless told otherwise, and confirms a stop', () => {
    expect(settings({})).toEqual({
      words: { stop: words('stop', 'en', 'id'), start: words('start', 'en', 'id') },
      confirmation: 'You will get no more messages from us. Send START to get them again.',
    });
  });

  test.each([
    ['other languages', ['pt'], ['en', 'pt']],
    ['none', [], ['en']],
    ['English alone, twice', ['en', 'en'], ['en']],
  ])('understands English also with %s', (_, languages, understood) => {
    expect(settings({ languages }).words).toEqual({
      stop: words('stop', ...understood),
      start: words('start', ...understood),
    });
  });

  test('joins the words of the languages and the own ones, each once', () => {
    const { words: joined } = settings({
      languages: ['pt', 'es'],
      stop_words: ['CANCELAR', 'STOP'],
      start_words: ['QUERO'],
    });
    expect(joined.stop).toEqual([...new Set([...words('stop', 'en', 'pt', 'es'), 'CANCELAR'])]);
    expect(joined.start).toEqual([...words('start', 'en', 'pt', 'es'), 'QUERO']);
    expect(joined.stop.filter((word) => word === 'PARAR')).toHaveLength(1);
  });

  test('takes the texts of the tenant, and no confirmation for false', () => {
    expect(settings({ confirmation: 'Bye.', confirmation_in: 'Hi.' })).toMatchObject({
      confirmation: 'Bye.',
      confirmationIn: 'Hi.',
    });
    expect(settings({ confirmation: false })).not.toHaveProperty('confirmation');
  });
});
