import type { BroadcastWait } from '@alur/store';
import { describePause, renderEnd, type DescribePauseOptions } from '../../describe-pause.ts';

/** Why a broadcast does not move, a paragraph each. */
export function describeWaits(waits: readonly BroadcastWait[], options: DescribePauseOptions): string[] {
  return waits.map((wait) => describeWait(wait, options));
}

function describeWait(wait: BroadcastWait, options: DescribePauseOptions): string {
  const end = renderEnd(wait.untilMs, options.nowMs);
  if (wait.for === 'templates') return `for templates: Meta takes none outside the window ${end}`;
  if (wait.for === 'number')
    return `for its number, paused ${describePause({ pausedUntilMs: wait.untilMs, pausedCode: wait.code }, options) ?? end}`;
  return wait.untilMs === Infinity
    ? 'for room in the tier: the tier is 0, nobody may be written to'
    : `for room in the tier, which is full ${end}`;
}
