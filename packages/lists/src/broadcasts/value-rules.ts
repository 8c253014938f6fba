import { columnSlots, fillText, type JsonObject } from '@alur/types';
import { readMessageFor } from '@alur/store';

/** What is wrong with the values of one recipient; `column` where it is that one's. */
interface ValueFault {
  column: string | undefined;
  code: 'empty_value' | 'bad_value';
  message: string;
}

export type CheckValues = (values: ReadonlyMap<string, string>) => ValueFault | undefined;

/** Characters, by the component that a text stands in. Meta, "Send message templates". */
const TEXT_MAX: Readonly<Record<string, number>> = { header: 60, body: 1_024, button: 2_000 };
const TEXT_MAX_ELSE = 1_024;
const SPACES = / {5}/;

interface TextSlot {
  text: string;
  column: string;
  max: number;
}

/**
 * How the values of a template's columns are checked, made once: a text parameter quickly, since there may be a million of them, and
 * whatever else holds a column by the whole message.
 */
export function valueRules(
  { template, ttlS }: { template: JsonObject; ttlS?: number | undefined },
  columns: readonly string[],
): CheckValues {
  const slots = columnSlots(template);
  const texts = slots.flatMap(({ path, text }): TextSlot[] => {
    if (path.at(-1) !== 'text' || path.at(-3) !== 'parameters') return [];
    return [{ text, column: columnIn(text, columns), max: textMax(template, path) }];
  });
  const isWhole = texts.length < slots.length;
  return (values) => {
    const empty = columns.find((column) => (values.get(column) ?? '') === '');
    if (empty !== undefined) return { column: empty, code: 'empty_value', message: `\`${empty}\` is empty` };
    for (const slot of texts) {
      const message = textFault(slot, fillText(slot.text, values));
      if (message !== undefined) return { column: slot.column, code: 'bad_value', message };
    }
    return isWhole ? wholeFault({ template, ttlS }, values) : undefined;
  };
}

function columnIn(text: string, columns: readonly string[]): string {
  return columns.find((column) => new RegExp(`\\{\\{ *${escape(column)} *\\}\\}`).test(text)) ?? '';
}

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function textMax(template: JsonObject, path: readonly (string | number)[]): number {
  const components = template['components'];
  const [, place] = path;
  const component = Array.isArray(components) ? components[Number(place)] : undefined;
  const isObject = typeof component === 'object' && component !== null && !Array.isArray(component);
  const type = isObject ? component['type'] : undefined;
  return (typeof type === 'string' && TEXT_MAX[type.toLowerCase()]) || TEXT_MAX_ELSE;
}

function textFault({ column, max }: TextSlot, filled: string): string | undefined {
  if (filled.trim() === '') return `what \`${column}\` stands in becomes empty`;
  if (/[\n\r\t]/.test(filled)) return `\`${column}\` holds a line break or a tab, which Meta refuses`;
  if (SPACES.test(filled)) return `\`${column}\` holds more than four spaces in a row, which Meta refuses`;
  const length = [...filled].length;
  return length > max
    ? `\`${column}\` makes a text of ${length} characters, and ${max} are allowed`
    : undefined;
}

function wholeFault(
  plan: { template: JsonObject; ttlS?: number | undefined },
  values: ReadonlyMap<string, string>,
): ValueFault | undefined {
  const read = readMessageFor(plan, values);
  if (read.success) return undefined;
  const [issue] = read.error.issues;
  const message = `the template becomes invalid at \`${issue?.path.join('.') ?? ''}\`: ${issue?.message ?? ''}`;
  return { column: undefined, code: 'bad_value', message };
}
