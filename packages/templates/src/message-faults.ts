import { type OutboundMessage, type TemplateDefinition, ttlProblem } from '@alur/types';
import { compareTemplate } from './compare-template.ts';
import { type DefinitionFault, type Fields, isRecord } from './definition-fault.ts';
import { findDefinition } from './find-definition.ts';

/** Why WhatsApp would refuse a message; `path` leads to the place from the Graph API's message object on. */
export type MessageFault = Pick<DefinitionFault, 'path' | 'message' | 'fix'>;

/**
 * What is wrong with the template that a message is, by the definitions that were pulled; nothing of a message that is none. Every value
 * counts as known. Whether Meta lets the template go today is no part of it.
 */
export function messageFaults(
  message: OutboundMessage,
  templates: readonly TemplateDefinition[],
): MessageFault[] {
  const sent = templateIn(message);
  if (!sent) return [];
  return faultsOf(sent, templates).map(({ path, message: told, fix }) => ({
    path: [...sent.at, ...path],
    message: told,
    fix,
  }));
}

/** The definition of the template that a message is; undefined where it is none, or none that is known. */
export function definitionOf(
  message: OutboundMessage,
  templates: readonly TemplateDefinition[],
): TemplateDefinition | undefined {
  const sent = templateIn(message);
  const found = sent && findDefinition(sent.send, templates);
  return found && 'definition' in found ? found.definition : undefined;
}

interface Sent {
  /** The Graph API's template object. */
  send: Fields;
  /** Where it stands. */
  at: string[];
  ttlS: number | undefined;
}

function templateIn(message: OutboundMessage): Sent | undefined {
  if (message.kind === 'template') return { send: message.template, at: ['template'], ttlS: message.ttlS };
  const raw = message.kind === 'raw' ? message.raw['template'] : undefined;
  return isRecord(raw) ? { send: raw, at: ['raw', 'template'], ttlS: undefined } : undefined;
}

function faultsOf({ send, ttlS }: Sent, templates: readonly TemplateDefinition[]): MessageFault[] {
  const found = findDefinition(send, templates);
  if ('faults' in found) return found.faults;
  const problem = ttlS === undefined ? undefined : ttlProblem(found.definition.category, ttlS);
  return [
    ...compareTemplate(send, found.definition),
    ...(problem === undefined ? [] : [{ message: problem, path: [] }]),
  ];
}
