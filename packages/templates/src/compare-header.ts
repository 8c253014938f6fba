import { type TemplatePart } from '@alur/types';
import { compareParameters } from './compare-parameters.ts';
import { type Comparison, type DefinitionFault, type SentPart, parametersOf } from './definition-fault.ts';
import { variablesOf, wordOf } from './definition-parts.ts';

/** Formats whose content each send brings along, in a parameter of the same name. */
const BROUGHT: ReadonlySet<string> = new Set(['image', 'video', 'document', 'location', 'product', 'gif']);

/** A send's header against the template's: its kind, and its text's variable. */
export function compareHeader(
  header: TemplatePart | undefined,
  part: SentPart | undefined,
  comparison: Comparison,
): DefinitionFault[] {
  const format = header && wordOf(header.format ?? 'text');
  if (format !== undefined && format !== 'text' && !BROUGHT.has(format)) return [];
  const parameters = part && parametersOf(part, comparison);
  if (part && !parameters) return [];
  const [first] = parameters ?? [];
  if (format === undefined) {
    if (!part || !first) return [];
    const message = 'This template has no header';
    return [{ code: 'E307', path: part.path, message, fix: 'leave the header out' }];
  }
  const type = first?.['type'];
  const isOther = first && !comparison.isComputed(type) && wordOf(type) !== format;
  if (part && isOther) {
    const fix = `send a parameter of type \`${format}\``;
    const message = `The header of this template is ${article(format)}`;
    const path = [...part.path, 'parameters', 0];
    return [{ code: 'E307', path: 'type' in first ? [...path, 'type'] : path, message, fix }];
  }
  if (format === 'text') return compareParameters('header', variablesOf(header?.text), part, comparison);
  return first ? [] : [missingHeader(format, part)];
}

function missingHeader(format: string, part: SentPart | undefined): DefinitionFault {
  const message = `The header of this template is ${article(format)}, and the send brings none`;
  const fix = `add a component of type \`header\` with a parameter of type \`${format}\``;
  return { code: 'E307', path: part?.path ?? [], message, fix };
}

function article(format: string): string {
  return format === 'text' ? 'text' : `${format === 'image' ? 'an' : 'a'} ${format}`;
}
