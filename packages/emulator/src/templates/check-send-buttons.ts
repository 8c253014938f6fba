import { type JsonObject } from '@alur/types';
import { written } from '../checks/check.ts';
import { type Refusal, missingValue, refusal } from '../graph/refusal.ts';
import { buttonsOf, objectsOf, textOf, wordOf } from './stored-template.ts';
import { distinctVariables } from './variables.ts';

// What Meta calls them in its refusals.
const NAMES: Record<string, string> = {
  URL: 'Url',
  COPY_CODE: 'CopyCode',
  QUICK_REPLY: 'QuickReply',
  MPM: 'Mpm',
  FLOW: 'Flow',
};

const URL_MAX = 2_000;
const CODE_MAX = 15;

/** Why the buttons of a message do not fit those of its template, or nothing. */
export function checkButtonSends(
  defined: readonly JsonObject[],
  given: readonly JsonObject[],
): Refusal | undefined {
  const buttons = buttonsOf(defined);
  const sent = given.filter((component) => wordOf(component, 'type') === 'BUTTON');
  const stray = sent.find((component) => !buttons[Number(component['index'])]);
  if (stray)
    return invalid(`buttons: Button at index ${written(stray['index'])} does not exist in the template`);
  for (const [index, button] of buttons.entries()) {
    const component = sent.find((other) => Number(other['index']) === index);
    const wrong = checkButton(button, component, index);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkButton(
  button: JsonObject,
  component: JsonObject | undefined,
  index: number,
): Refusal | undefined {
  const type = wordOf(button, 'type');
  const [parameter] = objectsOf(component, 'parameters');
  const place = `buttons: Button at index ${index} of type ${NAMES[type] ?? type}`;
  if (component && wordOf(component, 'sub_type') !== type) {
    return mismatch(
      `buttons: Format mismatch at index ${index}, expected ${type}, received ${wordOf(component, 'sub_type')}`,
    );
  }
  if (needsParameter(button) && !parameter) return missingValue(`${place} requires a parameter`);
  if (type !== 'URL' || !parameter) return undefined;
  if (!needsParameter(button)) return invalid(`${place} does not require a parameter`);
  if (wordOf(parameter, 'type') !== 'TEXT') {
    return mismatch(`${place}: Format mismatch, expected TEXT, received ${wordOf(parameter, 'type')}`);
  }
  const text = textOf(parameter, 'text');
  // The code of an authentication template.
  if (button['otp_type'] !== undefined && text.length > CODE_MAX) {
    return invalid(`${place}: The code can't exceed ${CODE_MAX} characters`);
  }
  const length = textOf(button, 'url').length - '{{1}}'.length + text.length;
  return length <= URL_MAX ? undefined : invalid(`${place}: The url can't exceed ${URL_MAX} characters`);
}

function needsParameter(button: JsonObject): boolean {
  const type = wordOf(button, 'type');
  if (type === 'URL') return distinctVariables(textOf(button, 'url')).length > 0;
  return type === 'COPY_CODE' || type === 'MPM';
}

function mismatch(details: string): Refusal {
  return refusal(132012, 'Parameter format does not match format in the created template', details);
}

function invalid(details: string): Refusal {
  return refusal(132018, 'Template parameter validation failed', details);
}
