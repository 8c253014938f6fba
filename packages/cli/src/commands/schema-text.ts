const COLUMNS_MAX = 110;

const SCALAR = String.raw`(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)`;
const SHORT_LIST = new RegExp(String.raw`^(.*)\[\n\s+(${SCALAR}(?:,\n\s+${SCALAR})*)\n\s+\](,?)$`, 'gm');

/** JSON as this repository's formatter has it: a list of short values stands on one line where it fits. */
export function schemaText(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const closed = text.replace(SHORT_LIST, (whole, before: string, items: string, comma: string) => {
    const line = `${before}[${items.replace(/,\n\s+/g, ', ')}]${comma}`;
    return line.length <= COLUMNS_MAX ? line : whole;
  });
  return `${closed}\n`;
}
