import { z } from 'zod';
import { VariableName } from '../load/flow-schema.ts';
import { defineNode } from './define-node.ts';

const TemplateConfig = z.strictObject({ template: z.string(), output: VariableName.optional() });
type TemplateConfig = z.infer<typeof TemplateConfig>;

/** Renders a text into a variable. */
export const template = defineNode<TemplateConfig>({
  type: 'template',
  doc: 'Renders a text and keeps it as a variable for the rest of the run.',
  example: { config: { template: 'Dear {{contact.name}}', output: 'salutation' } },
  config: TemplateConfig,
  declares: ({ output }) => ({ outputs: output === undefined ? [] : [output] }),
  compile: ({ template: text, output }, compiler) => {
    const compiled = compiler.template(text, ['template']);
    return ({ scope }) => {
      const result = compiled.render(scope);
      return { result, ...(output !== undefined && { outputs: { [output]: result } }) };
    };
  },
});
