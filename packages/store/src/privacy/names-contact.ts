import type { ContactIds } from '../names/names.ts';

// What Meta calls a message holds the contact's number, in base64.
const WAMID = /wamid\.([A-Za-z0-9+/_=-]{8,512})/g;

/** Says whether a text, JSON above all, names a contact: by one of its ids as a word of its own, or by the id of a message with it. */
export function namesContact(all: readonly ContactIds[]): (text: string) => boolean {
  const ids = new Set(all.flatMap(({ waId, userId }) => [waId, userId]).filter((id) => id !== undefined));
  if (ids.size === 0) return () => false;
  const any = [...ids].map((id) => id.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
  const word = new RegExp(`(?<![0-9A-Za-z])(?:${any})(?![0-9A-Za-z])`);
  // Within a wamid a byte that tells the length stands before the number, which may be any character.
  const within = new RegExp(`(?<![0-9])(?:${any})(?![0-9])`);
  return (text) =>
    word.test(text) ||
    [...text.matchAll(WAMID)].some(([, coded = '']) =>
      within.test(Buffer.from(coded, 'base64').toString('latin1')),
    );
}
