/** Prints a figure that a test measured, beside jest's own output. */
export function figure(text: string): void {
  process.stdout.write(`    » ${text}\n`);
}
