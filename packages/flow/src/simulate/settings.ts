import { createOptOutMatcher, OPT_OUT_WORDS } from '@alur/types';
import { type SimulationOptions } from './simulated.ts';
import { type Settings } from './test-file.ts';

const LANGUAGES = ['en', 'id'];
const CONFIRMATION = 'You will get no more messages from us. Send START to get them again.';

/** What a tenant says beside its flows; what is not given is as in a new bundle. */
export function settingsOf({ fallback_message, opt_out = {} }: Settings = {}): Pick<
  SimulationOptions,
  'optOut' | 'fallbackMessage'
> {
  const {
    languages = LANGUAGES,
    stop_words = [],
    start_words = [],
    confirmation = CONFIRMATION,
    confirmation_in,
  } = opt_out;
  const words = [...new Set(['en', ...languages])].flatMap((language) => OPT_OUT_WORDS[language] ?? []);
  return {
    optOut: {
      matcher: createOptOutMatcher({
        stop: [...words.flatMap(({ stop }) => stop), ...stop_words],
        start: [...words.flatMap(({ start }) => start), ...start_words],
      }),
      ...(confirmation !== false && { confirmation }),
      ...(confirmation_in !== undefined && { confirmationIn: confirmation_in }),
    },
    ...(fallback_message !== undefined && { fallbackMessage: fallback_message }),
  };
}
