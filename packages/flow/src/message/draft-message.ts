import { LIMITS, type Json, type JsonObject } from '@alur/types';
import { asObject } from '../json-object.ts';

// The forms of a reply, as written in a flow, become messages here. The same code drafts with the fixed parts when a
// file is loaded and with the rendered values when a node runs, so both checks see the same shape.

type Path = (string | number)[];

export interface Draft {
  /** Still to be parsed by `OutboundMessage`. */
  message: JsonObject;
  /** Where a part of the message was written, in the node's config. */
  writtenAt: (path: Path) => Path;
}

/** Keys of a reply's config that hold a message; `message` may also be a caption or the text over buttons. */
export const FORMS = [
  'template',
  'interactive',
  'media',
  'location',
  'contacts',
  'reaction',
  'raw',
  'buttons',
  'message',
] as const;

/** What `emoji` reacts to when the flow does not say: the message that the contact just wrote. */
export interface DraftContext {
  wamid: string;
}

/** `written` is a reply's config, with its texts rendered or not. */
export function draftMessage(written: Json, { wamid }: DraftContext): Draft {
  const config = asObject(written);
  const form = FORMS.find((each) => config[each] !== undefined) ?? 'message';
  const content = config[form] ?? null;
  switch (form) {
    case 'message':
      return draftText(content, config['preview_url']);
    case 'buttons':
      return draftButtons(objects(content), config['message']);
    case 'media':
      return draftMedia(asObject(content), config['message']);
    case 'location':
      return { message: { kind: 'location', location: content }, writtenAt: same };
    case 'reaction':
      return draftReaction(asObject(content), wamid);
    case 'template':
      return draftTemplate(content, config['ttl']);
    case 'interactive':
    case 'contacts':
    case 'raw':
      return { message: { kind: form, [form]: content }, writtenAt: same };
  }
}

function draftText(text: Json, previewUrl: Json | undefined): Draft {
  return {
    message: { kind: 'text', text, ...(previewUrl !== undefined && { previewUrl }) },
    writtenAt: renamed(['text'], ['message']),
  };
}

function draftTemplate(template: Json, ttlS: Json | undefined): Draft {
  return {
    message: { kind: 'template', template, ...(ttlS !== undefined && { ttlS }) },
    writtenAt: renamed(['ttlS'], ['ttl']),
  };
}

function draftMedia(media: JsonObject, message: Json | undefined): Draft {
  if (message === undefined) return { message: { kind: 'media', media }, writtenAt: same };
  return {
    message: { kind: 'media', media: { ...media, caption: message } },
    writtenAt: renamed(['media', 'caption'], ['message']),
  };
}

function draftReaction({ emoji, message_id }: JsonObject, wamid: string): Draft {
  const messageId = message_id === undefined || message_id === '' ? wamid : message_id;
  return {
    message: { kind: 'reaction', reaction: { messageId, emoji: emoji ?? '' } },
    writtenAt: renamed(['reaction', 'messageId'], ['reaction', 'message_id']),
  };
}

const LIST_LABEL = 'Menu';

// Up to three buttons fit into a message; more become a list, whose rows come back in the same way.
function draftButtons(buttons: readonly JsonObject[], message: Json | undefined): Draft {
  const choices = buttons.map(({ id, title }) => ({ id: id ?? title ?? '', title: title ?? '' }));
  const body = { text: message ?? '' };
  if (choices.length <= LIMITS.buttons) {
    const action = { buttons: choices.map((reply) => ({ type: 'reply', reply })) };
    return {
      message: { kind: 'interactive', interactive: { type: 'button', body, action } },
      writtenAt: ([, ...path]) => choicePath(path, ['action', 'buttons'], 'reply'),
    };
  }
  const action = { button: LIST_LABEL, sections: [{ rows: choices }] };
  return {
    message: { kind: 'interactive', interactive: { type: 'list', body, action } },
    writtenAt: ([, ...path]) => choicePath(path, ['action', 'sections', 0, 'rows']),
  };
}

function choicePath(path: Path, prefix: Path, inner?: string): Path {
  if (path[0] === 'body') return ['message'];
  const rest = prefix.every((part, index) => path[index] === part) ? path.slice(prefix.length) : [];
  return ['buttons', ...rest.filter((part) => part !== inner)];
}

function same(path: Path): Path {
  return path;
}

function renamed(from: Path, to: Path): Draft['writtenAt'] {
  return (path) =>
    from.every((part, index) => path[index] === part) ? [...to, ...path.slice(from.length)] : path;
}

function objects(value: Json): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
