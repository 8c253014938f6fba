import type { NumberState } from '@alur/store';
import type { ErrorOverride } from '@alur/types';
import { describeCode } from './describe-code.ts';
import { renderMoment } from './moments.ts';

export interface DescribePauseOptions {
  overrides: ReadonlyMap<number, ErrorOverride>;
  nowMs: number;
}

/** Until when a number is paused and why; undefined when it is not. */
export function describePause(
  { pausedUntilMs, pausedCode = '' }: Pick<NumberState, 'pausedUntilMs' | 'pausedCode'>,
  { overrides, nowMs }: DescribePauseOptions,
): string | undefined {
  if (pausedUntilMs === undefined) return undefined;
  const end = renderEnd(pausedUntilMs, nowMs);
  const title = describeCode(pausedCode, overrides)?.title;
  const why = [pausedCode, title].filter(Boolean).join(', ');
  return why === '' ? end : `${end}: ${why}`;
}

/** The end of a pause. */
export function renderEnd(untilMs: number, nowMs: number): string {
  return untilMs === Infinity ? 'until it is lifted' : `until ${renderMoment(untilMs, nowMs)}`;
}
