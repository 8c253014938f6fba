import { LIMITS } from '@alur/types';
import { invalidValue } from '../graph/refusal.ts';
import { type Check, anything, isRecord, may, members, must, oneOf, text } from './check.ts';
import { mediaSource } from './check-media.ts';

// The parts that most kinds of interactive messages share.

export const lengthOf = (part: string, max: number) =>
  text(max, () => invalidValue(`${part} length invalid. Min length: 1, Max length: ${max}`));
export const atMost = (part: string, max: number) =>
  text(max, () => invalidValue(`${part} is too long. Max length is ${max}`));

export const textHeader = members({
  type: must(oneOf('text')),
  text: must(lengthOf('Header text', LIMITS.headerText)),
});

const mediaHeader = members({
  type: must(oneOf('text', 'image', 'video', 'document')),
  image: may(mediaSource),
  video: may(mediaSource),
  document: may(mediaSource),
});

/** A text, or an image, video or document. */
export const header: Check = (value, path) => {
  if (!isRecord(value) || value['type'] === 'text') return textHeader(value, path);
  const wrong = mediaHeader(value, path);
  if (wrong) return wrong;
  const type = String(value['type']);
  return must(anything)(value[type], `${path}['${type}']`);
};

const bodyText = members({ text: must(lengthOf('Body text', LIMITS.interactiveBody)) });

export const body = must(bodyText);
/** Of the kinds that may do without one. */
export const optionalBody = may(bodyText);
export const footer = may(members({ text: must(lengthOf('Footer text', LIMITS.footerText)) }));

/** An action that is its name and nothing else. */
export const namedAction = (name: string) => must(members({ name: must(oneOf(name)) }));

/** Refuses counts outside the range, in Meta's words for buttons, sections and the like. */
export const countOf = (what: string, min: number, max: number) => (count: number) =>
  count >= min && count <= max
    ? undefined
    : invalidValue(`Invalid ${what} count. Min allowed ${what}: ${min}, Max allowed ${what}: ${max}`);

/** Refuses when two of the values are the same. */
export function unique(values: readonly unknown[], what: string) {
  return new Set(values).size === values.length ? undefined : invalidValue(`${what} must be unique`);
}

/** The objects among the items of an array. */
export function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
