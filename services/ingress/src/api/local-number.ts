import type { Team } from '@alur/bundle';
import { readAs } from '@alur/types';
import { readPhoneNumber } from '@alur/whatsapp';
import { z } from 'zod';

const Named = z.looseObject({ to: z.looseObject({ wa_id: z.string() }) });

/**
 * A body whose contact is named as people of the team's country write it, with the number's digits in place. All else, and what is no
 * number there either, is left for the schema to judge.
 */
export function withWaId(body: unknown, { locale }: Pick<Team, 'locale'>): unknown {
  const region = locale === undefined ? undefined : new Intl.Locale(locale).region;
  const named = region === undefined ? undefined : readAs(Named, body).data;
  if (!named) return body;
  const read = readPhoneNumber(named.to.wa_id, region);
  return read.kind === 'number' ? { ...named, to: { ...named.to, wa_id: read.waId } } : body;
}
