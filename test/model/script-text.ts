import { readFileSync } from 'node:fs';

// The scripts are the store's own, as it sends them. Two things may be other: the clock, and, to see that the model can
// fail, a fault put into a script on purpose.

/** Turns the text of a script, as the store sends it, into the one that runs. */
export type ScriptChange = (text: string) => string;

/** A fault: in files of the scripts, each `[file, find, put]` replaced. */
export interface Fault {
  edits: readonly (readonly [file: string, find: string, put: string])[];
}

const folder = new URL('../../packages/store/lua/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const CLOCK = read('lib/clock.lua');
const MODEL_CLOCK = 'local function now_ms() return clock end\n';

/** The clock is the one that the model passes. Throws when a script asks Redis for the time in another way. */
export function withModelClock(text: string): string {
  const changed = text.replace(CLOCK, () => MODEL_CLOCK);
  if (/'TIME'/.test(changed)) throw new Error('a script takes the time past lib/clock.lua');
  return changed;
}

/** The model's clock and a fault. Throws when the text to change is not there exactly once. */
export function withFault({ edits }: Fault): ScriptChange {
  const files = [...new Set(edits.map(([file]) => file))];
  const changed = files.map((file) => {
    const own = edits.filter((edit) => edit[0] === file);
    return { sound: read(file), faulty: own.reduce(edited, read(file)) };
  });
  return (text) =>
    withModelClock(changed.reduce((whole, { sound, faulty }) => whole.replace(sound, () => faulty), text));
}

function edited(text: string, [file, find, put]: Fault['edits'][number]): string {
  if (text.split(find).length !== 2) throw new Error(`not once in ${file}: ${find}`);
  return text.replace(find, () => put);
}
