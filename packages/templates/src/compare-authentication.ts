import {
  type Comparison,
  type DefinitionFault,
  type Fields,
  type SentPart,
  parametersOf,
} from './definition-fault.ts';

const CODE_MAX = 15;

/**
 * What an authentication template takes: its code twice, in the body and in the button. Source: Meta, "Authentication
 * templates".
 */
export function compareAuthentication(
  body: SentPart | undefined,
  buttons: readonly SentPart[],
  comparison: Comparison,
): DefinitionFault[] {
  const code = textOf(body, comparison);
  const button = buttons.find(({ fields }) => String(fields['index']) === '0');
  const again = textOf(button, comparison);
  const faults: DefinitionFault[] = [];
  if (
    body &&
    typeof code?.['text'] === 'string' &&
    code['text'].length > CODE_MAX &&
    !comparison.isComputed(code['text'])
  ) {
    const message = `The code of an authentication template has at most ${CODE_MAX} characters`;
    faults.push({ code: 'E310', path: [...body.path, 'parameters', 0, 'text'], message });
  }
  // Also where both are computed they have to be written alike.
  if (button && code && again && code['text'] !== again['text']) {
    const message = 'An authentication template takes the same code in its body and in its button';
    const path = [...button.path, 'parameters', 0, 'text'];
    faults.push({ code: 'E310', path, message, fix: 'give the same text in both places' });
  }
  return faults;
}

function textOf(part: SentPart | undefined, comparison: Comparison): Fields | undefined {
  return part && parametersOf(part, comparison)?.[0];
}
