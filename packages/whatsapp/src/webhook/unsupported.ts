import { type Json, type JsonObject } from '@alur/types';
import { readErrorCode } from './error-code.ts';
import { OptionalText, isObject, readPassed } from './fields.ts';
import { type MessageContent } from './item.ts';
import { TypeWord } from './type-word.ts';

type Unsupported = Extract<MessageContent, { kind: 'unsupported' }>;

/**
 * A message that has no kind of ours, or whose own part is not as documented: what there is of it is kept. Meta's `unsupported`
 * (a poll, a message to be seen once, an edit) names what it was and why it did not pass it on. `request_welcome`, a chat that
 * was opened and nothing written, comes this way too.
 */
export function readUnsupported(type: string, raw: JsonObject): Unsupported {
  const { word, content } = readPart(type, ownMember(raw, type));
  return {
    kind: 'unsupported',
    type: word,
    code: readErrorCode(raw['errors']),
    text: readText(raw['text']),
    content: readPassed(content),
  };
}

/** Meta's narrowest word for the message, and what stands under it. */
function readPart(type: string, part: Json | undefined): { word: string; content: Json | undefined } {
  if (!isObject(part)) return { word: type, content: part };
  const inner = TypeWord.parse(part['type']);
  if (type === 'interactive') return { word: inner, content: ownMember(part, inner) };
  return { word: type === 'unsupported' && inner !== 'unknown' ? inner : type, content: part };
}

// The word comes from outside: `constructor` must not find what every object has.
function ownMember(object: JsonObject, word: string): Json | undefined {
  return Object.hasOwn(object, word) ? object[word] : undefined;
}

// A message that Meta calls unsupported may bear its text all the same.
function readText(text: Json | undefined): string | undefined {
  return isObject(text) ? OptionalText.parse(text['body']) : undefined;
}
