import { messageFaults } from '@alur/templates';
import { type OutboundMessage, type TemplateDefinition } from '@alur/types';
import { NodeFailure, type OutgoingMessage } from '../nodes/define-node.ts';

/** Fails the node (`invalid_message`) when a template that it sends, computed or not, does not fit its definition. */
export function refuseUnfitSends(
  messages: readonly OutgoingMessage[],
  templates: readonly TemplateDefinition[],
): void {
  for (const { message, outsideWindow } of messages) {
    refuse(message, templates, []);
    if (typeof outsideWindow === 'object') refuse(outsideWindow, templates, ['outside_window']);
  }
}

function refuse(
  message: OutboundMessage,
  templates: readonly TemplateDefinition[],
  under: readonly string[],
): void {
  const told = messageFaults(message, templates).map(({ message: fault, path, fix }) => {
    const place = `(at ${[...under, ...path].join('.')})`;
    return fix === undefined ? `${fault} ${place}` : `${fault} ${place}: ${fix}`;
  });
  if (told.length > 0)
    throw new NodeFailure('invalid_message', `WhatsApp would refuse the message: ${told.join('; ')}`);
}
