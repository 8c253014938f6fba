import { type Json, type JsonObject, type WaitingRun } from '@alur/types';
import { type NodeOutcome } from '../nodes/define-node.ts';
import { BUDGET } from './budget.ts';
import { type CompiledNode } from './flow-set.ts';
import { entryBytes, jsonBytes } from './json-bytes.ts';
import { type Progress } from './progress.ts';

// What a run keeps: the conversation's state, and the results of its own nodes. Both are bounded together, and only what
// changes is counted: a large state must not cost its size with every node.

/** A value that is kept under a name from now on; undefined: the name goes. */
interface Change {
  in: 'state' | 'outputs';
  key: string;
  value: Json | undefined;
}

const TOO_LARGE = `a session of more than ${BUDGET.sessionBytes / 1024} KiB`;

/** What a node's outcome changes. A call's result comes when the other flow has ended. */
export function changesOf(
  { output }: CompiledNode,
  { stateChange, outputs, result, call }: NodeOutcome,
): Change[] {
  const changes: Change[] = [];
  if (stateChange) {
    const value = 'deleted' in stateChange ? undefined : stateChange.value;
    changes.push({ in: 'state', key: stateChange.key, value });
  }
  if (outputs) {
    for (const [key, value] of Object.entries(outputs)) changes.push({ in: 'outputs', key, value });
  }
  if (output !== undefined && !call) changes.push({ in: 'outputs', key: output, value: result ?? null });
  return changes;
}

/** Why the changes must not be taken in. */
export function changesProblem(progress: Progress, changes: readonly Change[]): string | undefined {
  if (changes.length === 0) return undefined;
  progress.keptBytes ??= jsonBytes([progress.state, progress.outputs]);
  const after = changes.reduce((sum, each) => sum + growth(progress[each.in], each), progress.keptBytes);
  return after > BUDGET.sessionBytes ? TOO_LARGE : undefined;
}

export function keep(progress: Progress, change: Change): void {
  const { in: place, key, value } = change;
  const kept = progress[place];
  if (progress.keptBytes !== undefined) progress.keptBytes += growth(kept, change);
  progress[place] =
    value === undefined
      ? Object.fromEntries(Object.entries(kept).filter(([name]) => name !== key))
      : { ...kept, [key]: value };
}

/** Bytes by which a change lets its map grow. */
function growth(kept: Readonly<JsonObject>, { key, value }: Change): number {
  const before = Object.hasOwn(kept, key) ? kept[key] : undefined;
  return sizeOf(key, value) - sizeOf(key, before);
}

function sizeOf(key: string, value: Json | undefined): number {
  return value === undefined ? 0 : entryBytes(key, value) + ','.length;
}

/** Why a run must not wait: its callers' results and input are kept, too. */
export function waitProblem(
  { state }: Progress,
  { input, outputs, callers, tries }: WaitingRun,
): string | undefined {
  const bytes = jsonBytes([
    state,
    input,
    outputs,
    tries,
    ...callers.flatMap((each) => [each.input, each.outputs]),
  ]);
  return bytes > BUDGET.sessionBytes ? TOO_LARGE : undefined;
}
