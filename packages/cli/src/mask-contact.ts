import { printable } from './printable.ts';

const SHOWN = 4;

interface Named {
  waId?: string | undefined;
  userId?: string | undefined;
  name?: string | undefined;
}

/** A phone number or user id by its last four characters, as a person on the phone would be asked for them. */
function maskId(id: string): string {
  return `…${id.slice(-SHOWN)}`;
}

/** Who a contact is, in one line: masked unless personal data is wanted. */
export function describeContact(contact: Named | undefined, isWhole: boolean): string {
  const { waId, userId, name } = contact ?? {};
  const ids = [waId, userId].filter((id) => id !== undefined);
  if (ids.length === 0) return 'unknown';
  if (!isWhole) return ids.map(maskId).join(', ');
  return printable([...ids, ...(name === undefined ? [] : [`(${name})`])].join(' '));
}

/** The same for `--json`. */
export function contactToJson(contact: Named | undefined, isWhole: boolean) {
  const { waId, userId, name } = contact ?? {};
  const shown = (id: string | undefined) => (id === undefined ? null : isWhole ? id : maskId(id));
  return { waId: shown(waId), userId: shown(userId), ...(isWhole && { name: name ?? null }) };
}
