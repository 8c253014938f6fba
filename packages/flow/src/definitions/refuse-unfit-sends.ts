import { ttlProblem, type OutboundMessage, type TemplateDefinition } from '@alur/types';
import { isRecord } from '../load/rules/raw-values.ts';
import { NodeFailure, type OutgoingMessage } from '../nodes/define-node.ts';
import { compareTemplate } from './compare-template.ts';
import { type DefinitionFault, type Fields } from './definition-fault.ts';
import { findDefinition } from './find-definition.ts';

/** Fails the node (`invalid_message`) when a template that it sends, computed or not, does not fit its definition. */
export function refuseUnfitSends(
  messages: readonly OutgoingMessage[],
  templates: readonly TemplateDefinition[],
): void {
  for (const { message, outsideWindow } of messages) {
    refuse(templateIn(message), templates, []);
    if (typeof outsideWindow === 'object') refuse(templateIn(outsideWindow), templates, ['outside_window']);
  }
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

function refuse(
  sent: Sent | undefined,
  templates: readonly TemplateDefinition[],
  under: readonly string[],
): void {
  if (!sent) return;
  const told = faultsOf(sent, templates).map(({ message, path, fix }) => {
    const place = `(at ${[...under, ...sent.at, ...path].join('.')})`;
    return fix === undefined ? `${message} ${place}` : `${message} ${place}: ${fix}`;
  });
  if (told.length > 0)
    throw new NodeFailure('invalid_message', `WhatsApp would refuse the message: ${told.join('; ')}`);
}

function faultsOf(
  { send, ttlS }: Sent,
  templates: readonly TemplateDefinition[],
): Pick<DefinitionFault, 'message' | 'path' | 'fix'>[] {
  const found = findDefinition(send, templates);
  if ('faults' in found) return found.faults;
  const problem = ttlS === undefined ? undefined : ttlProblem(found.definition.category, ttlS);
  return [
    ...compareTemplate(send, found.definition),
    ...(problem === undefined ? [] : [{ message: problem, path: [] }]),
  ];
}
