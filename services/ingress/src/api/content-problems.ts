import type { Bundle, Team } from '@alur/bundle';
import { messageFaults } from '@alur/templates';
import type { OutboundMessage } from '@alur/types';
import type { MessageBodyInput } from './message-body.ts';
import { problemAt, type ApiProblem } from './problems.ts';

/** What WhatsApp would refuse that no schema knows: templates by their definitions, files of the bundle that are not there. */
export function contentProblems(
  { message, outside_window: outside, reply_to: replyTo }: MessageBodyInput,
  { templates }: Pick<Team, 'templates'>,
  { mediaFiles }: Pick<Bundle, 'mediaFiles'>,
): ApiProblem[] {
  const of = (sent: OutboundMessage, under: string) => [
    ...(templates ? templateProblems(sent, templates, under) : []),
    ...missingFiles(sent, [under], mediaFiles),
  ];
  const quoted =
    message.kind === 'reaction' && replyTo !== undefined
      ? [problemAt(['reply_to'], 'a reaction names its message in `reaction.message_id`')]
      : [];
  return [
    ...of(message, 'message'),
    ...(typeof outside === 'object' ? of(outside, 'outside_window') : []),
    ...quoted,
  ];
}

function templateProblems(
  sent: OutboundMessage,
  templates: NonNullable<Team['templates']>,
  under: string,
): ApiProblem[] {
  return messageFaults(sent, templates).map(({ path, message, fix }) =>
    problemAt([under, ...path], fix === undefined ? message : `${message}: ${fix}`),
  );
}

function missingFiles(value: unknown, path: readonly string[], files: Bundle['mediaFiles']): ApiProblem[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = [...path, key];
    if (key !== 'file' || typeof member !== 'string') return missingFiles(member, at, files);
    return !member.startsWith('media/') || files.has(member)
      ? []
      : [problemAt(at, 'the bundle has no such file, or not one that WhatsApp takes')];
  });
}
