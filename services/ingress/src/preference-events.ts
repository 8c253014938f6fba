import { findTeam, type Bundle, type BusinessNumber } from '@alur/bundle';
import type { NewOutside, Wish } from '@alur/store';
import { hash, wantedTypes } from '@alur/types';

/**
 * What subscribers hear when a contact stops or lets in marketing in WhatsApp itself. It holds for the whole tenant and is told by WABA,
 * so each team that has a number there hears it.
 */
export function preferenceEvents(
  { tenant, contact, change, atS }: Pick<Wish, 'tenant' | 'contact' | 'change' | 'atS'>,
  numbers: readonly BusinessNumber[],
  bundle: Bundle | undefined,
): NewOutside[] {
  const type = change === 'out' ? 'contact.opted_out' : 'contact.opted_in';
  const { waId = '', userId = '' } = contact;
  const perTeam = new Map(numbers.map((number) => [number.team, number]));
  return [...perTeam.values()].flatMap(({ id: number, team }) => {
    const found = bundle && findTeam(bundle, tenant, team);
    if (!found || !wantedTypes(found.subscribers).has(type)) return [];
    const id = hash('outside', type, tenant, team, waId, userId, atS);
    const payload = { scope: 'marketing', source: 'whatsapp' };
    return [{ id, tenant, team, number, type, at: atS, payload, contact }];
  });
}
