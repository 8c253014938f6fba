import {
  type Comparison,
  type DefinitionFault,
  type Fields,
  type SentPart,
  parametersOf,
} from './definition-fault.ts';
import { variablesOf, wordOf } from './definition-parts.ts';

interface Kind {
  /** As a send names it; undefined: a send says nothing of such a button. */
  subType: string | undefined;
  /** Whether a send without it is refused. */
  isNeeded: boolean;
}

/** Kinds of buttons by Meta's word in a definition; others are let through. */
const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['quick_reply', { subType: 'quick_reply', isNeeded: false }],
  ['phone_number', { subType: undefined, isNeeded: false }],
  ['copy_code', { subType: 'copy_code', isNeeded: true }],
  ['otp', { subType: 'url', isNeeded: true }],
  ['flow', { subType: 'flow', isNeeded: false }],
  ['catalog', { subType: 'catalog', isNeeded: false }],
  ['mpm', { subType: 'mpm', isNeeded: true }],
  ['order_details', { subType: 'order_details', isNeeded: true }],
]);

/** A send's buttons against the template's: each by its index. */
export function compareButtons(
  buttons: readonly Fields[],
  sent: readonly SentPart[],
  isOpen: boolean,
  comparison: Comparison,
): DefinitionFault[] {
  const seen = new Set<number>();
  let knowsAll = !isOpen;
  const faults = sent.flatMap((part): DefinitionFault[] => {
    const index = part.fields['index'];
    if (index === undefined) return [];
    if (comparison.isComputed(index)) {
      knowsAll = false;
      return [];
    }
    const at = Number(index);
    const isTwice = seen.has(at);
    seen.add(at);
    const path = [...part.path, 'index'];
    if (isTwice) return [{ code: 'E308', path, message: 'Two components are about the same button' }];
    return compareButton(buttons[at], buttons.length, part, comparison);
  });
  // A component with a wrong index is most likely the one that is missing.
  if (!knowsAll || faults.length > 0) return faults;
  const missing = buttons.flatMap((button, index) => (seen.has(index) ? [] : missingButton(button, index)));
  return [...faults, ...missing];
}

function kindOf(button: Fields): Kind | undefined {
  const type = wordOf(button['type']);
  if (type !== 'url') return KINDS.get(type);
  const isDynamic = variablesOf(button['url']).length > 0;
  return { subType: isDynamic ? 'url' : undefined, isNeeded: isDynamic };
}

function compareButton(
  button: Fields | undefined,
  count: number,
  part: SentPart,
  comparison: Comparison,
): DefinitionFault[] {
  if (!button) return [noButton(count, [...part.path, 'index'])];
  const kind = kindOf(button);
  if (!kind) return [];
  const type = wordOf(button['type']);
  if (kind.subType === undefined) return [fixedButton(type, part.path)];
  const { sub_type: subType } = part.fields;
  if (subType !== undefined && !comparison.isComputed(subType) && wordOf(subType) !== kind.subType) {
    const message = `The button at this index is of another kind: \`${type}\``;
    const fix = `write \`sub_type: ${kind.subType}\`, or mend \`index\``;
    return [{ code: 'E308', path: [...part.path, 'sub_type'], message, fix }];
  }
  const parameters = parametersOf(part, comparison);
  return parameters ? countFaults(parameters.length, kind, part.path) : [];
}

function noButton(count: number, path: DefinitionFault['path']): DefinitionFault {
  if (count === 0)
    return { code: 'E308', path, message: 'This template has no buttons', fix: 'leave the component out' };
  const message = 'This template has no button at this index';
  return {
    code: 'E308',
    path,
    message,
    fix: count === 1 ? 'its only button is 0' : `its buttons are 0 to ${count - 1}`,
  };
}

function fixedButton(type: string, path: DefinitionFault['path']): DefinitionFault {
  const message =
    type === 'url'
      ? 'The address of this button is fixed: it takes no parameter'
      : `A button of type ${type} takes no parameter`;
  return { code: 'E308', path, message, fix: 'leave the component out' };
}

function countFaults(
  count: number,
  { subType, isNeeded }: Kind,
  path: DefinitionFault['path'],
): DefinitionFault[] {
  if (count === 1 || (count === 0 && !isNeeded)) return [];
  const message = count === 0 ? 'The button at this index needs a parameter' : 'A button takes one parameter';
  return [
    { code: 'E308', path, message, fix: `give one of type \`${PARAMETERS.get(subType ?? '') ?? 'action'}\`` },
  ];
}

const PARAMETERS: ReadonlyMap<string, string> = new Map([
  ['url', 'text'],
  ['quick_reply', 'payload'],
  ['copy_code', 'coupon_code'],
]);

function missingButton(button: Fields, index: number): DefinitionFault[] {
  const kind = kindOf(button);
  if (kind?.isNeeded !== true || kind.subType === undefined) return [];
  const message = `Button ${index} of this template needs a parameter, and the send has none for it`;
  const fix = `add a component of type \`button\` with \`sub_type: ${kind.subType}\` and \`index: ${index}\``;
  return [{ code: 'E308', path: [], message, fix }];
}
