import { OPT_OUT_WORDS } from '@alur/types';
import type { OptOutEntry } from './bundle-file.ts';
import type { OptOutSettings } from './bundle.ts';

const LANGUAGES_DEFAULT = ['en', 'id'];

/**
 * The words of the languages, English always among them, and the tenant's own; each once. Where no languages are given, those of the
 * locales are understood too.
 */
export function optOutSettings(
  entry: OptOutEntry,
  locales: readonly (string | undefined)[] = [],
): OptOutSettings {
  const spoken = locales.flatMap((locale) => locale?.split('-')[0] ?? []);
  const chosen = entry.languages ?? [...LANGUAGES_DEFAULT, ...spoken];
  const languages = [...new Set(['en', ...chosen])].map((language) => wordsOf(language));
  const stop = [...languages.flatMap((words) => words?.stop ?? []), ...entry.stop_words];
  const start = [...languages.flatMap((words) => words?.start ?? []), ...entry.start_words];
  return {
    words: { stop: [...new Set(stop)], start: [...new Set(start)] },
    ...(entry.confirmation !== false && { confirmation: entry.confirmation }),
    ...(entry.confirmation_in !== undefined && { confirmationIn: entry.confirmation_in }),
  };
}

function wordsOf(language: string) {
  return Object.hasOwn(OPT_OUT_WORDS, language) ? OPT_OUT_WORDS[language] : undefined;
}
