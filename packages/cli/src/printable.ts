/** Without the control characters by which a text from outside could drive the terminal; tabs stay. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\t]/gu, '\uFFFD');
}
