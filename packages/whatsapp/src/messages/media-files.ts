import { MediaType, OutboundMessage } from '@alur/types';
import { RenderError } from './render-error.ts';

// Where a message can hold media: Meta's objects are followed by these keys alone, because what a flow's data or a
// contact's fields call `file` is not ours to touch.
const FOLLOWED: ReadonlySet<string> = new Set([
  ...MediaType.options,
  'media',
  'gif',
  'interactive',
  'template',
  'header',
  'action',
  'cards',
  'components',
  'parameters',
]);

/** The bundle's files that a message shows, by path, each once. Raw messages name none. */
export function listMediaFiles(message: OutboundMessage): string[] {
  const found = new Set<string>();
  if (message.kind === 'media' || message.kind === 'interactive' || message.kind === 'template')
    collect(message, found);
  return [...found];
}

/** The message with each `file` replaced by the media id of its path; throws `RenderError` when one has none. */
export function withMediaIds(message: OutboundMessage, ids: ReadonlyMap<string, string>): OutboundMessage {
  return listMediaFiles(message).length === 0 ? message : OutboundMessage.parse(replaced(message, ids));
}

function collect(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'file' && typeof inner === 'string') found.add(inner);
    else if (FOLLOWED.has(key)) collect(inner, found);
  }
}

function replaced(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => replaced(item, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key === 'file' && typeof inner === 'string') return ['id', mediaId(inner, ids)];
      return [key, FOLLOWED.has(key) ? replaced(inner, ids) : inner];
    }),
  );
}

function mediaId(path: string, ids: ReadonlyMap<string, string>): string {
  const id = ids.get(path);
  if (id !== undefined) return id;
  throw new RenderError(
    'not_uploaded',
    `Cannot render message: the file "${path}" has no media id; upload it first`,
  );
}
