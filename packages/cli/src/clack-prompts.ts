import { confirm, log, password, select, text } from '@clack/prompts';
import type { Prompts, TextQuestion } from './prompts.ts';

/** Questions by @clack/prompts; on standard error, so that standard output holds the result alone. */
export function clackPrompts(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Prompts {
  const at = { input, output };
  const ask = ({ message, initial, isSecret, check }: TextQuestion) => {
    const validate = (value: string | undefined) => check(value?.trim() ?? '');
    if (isSecret) return password({ ...at, message, validate });
    return text({ ...at, message, validate, ...(initial !== undefined && { initialValue: initial }) });
  };
  return {
    say: (said) => log.message(said, { output }),
    // Nothing typed is an answer, too, and not a break.
    text: async (question) => asText((await ask(question)) ?? '')?.trim(),
    confirm: async (message) => {
      const answer = await confirm({ ...at, message, initialValue: true });
      return typeof answer === 'boolean' ? answer : undefined;
    },
    choose: async (message, options) =>
      asText(await select({ ...at, message, options: options.map((value) => ({ value, label: value })) })),
  };
}

/** Whoever breaks off answers with a symbol. */
function asText(answer: string | symbol): string | undefined {
  return typeof answer === 'string' ? answer : undefined;
}
