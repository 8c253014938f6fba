import { OPT_OUT_WORDS } from '@alur/types';
import type { OptOutEntry } from './bundle-file.ts';
import type { OptOutSettings } from './bundle.ts';

/** The words of the languages, English always among them, and the tenant's own; each once. */
export function optOutSettings(entry: OptOutEntry): OptOutSettings {
  const languages = [...new Set(['en', ...entry.languages])].map((language) => OPT_OUT_WORDS[language]);
  const stop = [...languages.flatMap((words) => words?.stop ?? []), ...entry.stop_words];
  const start = [...languages.flatMap((words) => words?.start ?? []), ...entry.start_words];
  return {
    words: { stop: [...new Set(stop)], start: [...new Set(start)] },
    ...(entry.confirmation !== false && { confirmation: entry.confirmation }),
    ...(entry.confirmation_in !== undefined && { confirmationIn: entry.confirmation_in }),
  };
}
