import { createOptOutMatcher, type OptOutMatcher } from '@alur/types';
import type { OptOutSettings } from './bundle.ts';

// Asked for on every event, so each tenant's words are prepared once; a reloaded bundle has new settings.
const matchers = new WeakMap<OptOutSettings, OptOutMatcher>();

/** What a tenant's contacts wish with an event, in its words. */
export function optOutMatcher(settings: OptOutSettings): OptOutMatcher {
  const known = matchers.get(settings);
  if (known) return known;
  const matcher = createOptOutMatcher(settings.words);
  matchers.set(settings, matcher);
  return matcher;
}
