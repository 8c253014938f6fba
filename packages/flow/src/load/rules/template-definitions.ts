import {
  compareTemplate,
  type DefinitionFault,
  type Fields,
  findDefinition,
  statusFault,
} from '@alur/templates';
import { ttlProblem, type TemplateDefinition } from '@alur/types';
import { type ParsedFlow } from '../read-flow.ts';
import { isComputed, isRecord, valueAt } from './raw-values.ts';

/** Where a reply may have the Graph API's template object, and how long it may wait for its contact. */
const FORMS = [
  { form: ['template'], ttl: ['ttl'] },
  { form: ['outside_window', 'template'], ttl: ['outside_window', 'ttl'] },
  { form: ['raw', 'template'], ttl: ['raw', 'message_send_ttl_seconds'] },
];

/** E304 to E311 and W301: sends that do not fit the templates of the WABA. What is computed is checked when it is sent. */
export function checkTemplateDefinitions(
  { file, yaml, nodes }: ParsedFlow,
  templates: readonly TemplateDefinition[],
): void {
  for (const { configPath } of nodes.filter(({ type }) => type === 'reply')) {
    for (const { form, ttl } of FORMS) {
      const base = configPath(form);
      const send = valueAt(yaml.value, base);
      if (!isRecord(send)) continue;
      const { faults, definition } = faultsOf(send, templates);
      for (const { code, path, message, fix } of faults)
        file.report({ code, place: yaml.placeOf([...base, ...path]), message, fix });
      const seconds = valueAt(yaml.value, configPath(ttl));
      const problem =
        definition && typeof seconds === 'number' ? ttlProblem(definition.category, seconds) : undefined;
      if (problem === undefined) continue;
      const message = 'The time to live does not fit the category of the template';
      file.report({ code: 'E311', place: yaml.placeOf(configPath(ttl)), message, fix: problem });
    }
  }
}

function faultsOf(
  send: Fields,
  templates: readonly TemplateDefinition[],
): { faults: DefinitionFault[]; definition?: TemplateDefinition } {
  const found = findDefinition(send, templates, isComputed);
  if ('faults' in found) return found;
  const { definition } = found;
  const status = statusFault(definition);
  return {
    faults: [...(status ? [status] : []), ...compareTemplate(send, definition, isComputed)],
    definition,
  };
}
