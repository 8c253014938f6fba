import { type JsonObject } from '@alur/types';
import { type Refusal, badTemplate } from '../graph/refusal.ts';
import { textOf, wordOf } from './stored-template.ts';
import { distinctVariables } from './variables.ts';

const LIMITS = { buttons: 10, label: 25, phone: 20, url: 2000 };

// How many of each a template may have. Source: Meta, "Template components", buttons.
const COUNTS: Record<string, number> = {
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  CATALOG: 1,
  MPM: 1,
  FLOW: 1,
  QUICK_REPLY: 10,
  OTP: 1,
  VOICE_CALL: 1,
};

const bad = (reason: string) => badTemplate(2388060, 'Message Template Buttons Are Incorrect', reason);

/** Why Meta would not take the buttons of a template, or nothing. */
export function checkButtons(buttons: readonly JsonObject[]): Refusal | undefined {
  if (buttons.length > LIMITS.buttons)
    return bad(`A template can't have more than ${LIMITS.buttons} buttons.`);
  const types = buttons.map((button) => wordOf(button, 'type'));
  for (const type of types) {
    const max = COUNTS[type];
    if (max === undefined) return bad(`${type || 'A button without type'} is no type of button.`);
    if (types.filter((other) => other === type).length > max) {
      return bad(`A template can't have more than ${max} ${type} buttons.`);
    }
  }
  const turns = types.filter((type, index) => isQuick(type) !== isQuick(types[index - 1] ?? type)).length;
  if (turns > 1) return bad('Quick reply buttons must stand together, before or after all others.');
  for (const button of buttons) {
    const wrong = checkButton(button);
    if (wrong) return wrong;
  }
  return undefined;
}

const isQuick = (type: string) => type === 'QUICK_REPLY';

// These Meta labels itself.
const UNLABELLED = new Set(['COPY_CODE', 'OTP', 'VOICE_CALL']);

function checkButton(button: JsonObject): Refusal | undefined {
  const type = wordOf(button, 'type');
  const label = textOf(button, 'text');
  if (label === '' && !UNLABELLED.has(type)) return bad(`A ${type} button needs a text.`);
  if (label.length > LIMITS.label)
    return bad(`The text of a button can't exceed ${LIMITS.label} characters.`);
  switch (type) {
    case 'URL':
      return checkUrl(button);
    case 'PHONE_NUMBER': {
      const phone = textOf(button, 'phone_number');
      return phone === '' || phone.length > LIMITS.phone
        ? bad(`The phone_number of a button needs 1 to ${LIMITS.phone} characters.`)
        : undefined;
    }
    case 'COPY_CODE':
      return button['example'] === undefined ? bad('A COPY_CODE button needs an example.') : undefined;
    default:
      return undefined;
  }
}

function checkUrl(button: JsonObject): Refusal | undefined {
  const url = textOf(button, 'url');
  if (!/^https?:\/\/\S+$/.test(url)) return bad('The url of a button must be a web address.');
  if (url.length > LIMITS.url) return bad(`The url of a button can't exceed ${LIMITS.url} characters.`);
  const names = distinctVariables(url);
  if (names.length > 1) return bad("The url of a button can't have more than one variable.");
  if (names.length === 1 && !url.endsWith('}}')) return bad('The variable of a url must be at its end.');
  return names.length === 1 && button['example'] === undefined
    ? bad('A url with a variable needs an example.')
    : undefined;
}
