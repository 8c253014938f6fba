import { changeWish } from '@alur/lists';
import { shardOf } from '@alur/store';
import type { OptOutScope } from '@alur/types';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { readWho } from './show-contact.ts';
import { tenantOf } from './tenant-of.ts';

export interface OptFlags extends PlaceFlags {
  tenant?: string;
  scope: OptOutScope;
  at?: string;
}

/** `alur contacts opt-out` and `opt-in`: a wish that the business was told outside of WhatsApp. */
export async function optContact(
  who: string,
  change: 'out' | 'in',
  given: OptFlags,
  { io }: Context,
): Promise<Outcome> {
  const ids = readWho(who);
  const atS = readMoment(given.at);
  const bundle = await readPlaceBundle(given, io);
  const tenant = tenantOf(bundle, given.tenant);
  const { scope } = given;
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const where = { shard: shardOf(tenant, place.shards), bundle, tenant };
    const isOther = await changeWish(place.client, where, { ids, change, scope, atS, source: 'operator' });
    return {
      exit: EXIT.ok,
      data: { tenant, change, scope, changed: isOther },
      text: isOther
        ? `Noted; it holds now, for what is queued too.\n`
        : `Nothing changed: ${tenant} knew, or was told something later.\n`,
    };
  });
}

function readMoment(at: string | undefined): number {
  const nowS = Math.floor(Date.now() / 1000);
  if (at === undefined) return nowS;
  const atS = /^\d{4}-\d{2}-\d{2}/.test(at) ? Math.floor(Date.parse(at) / 1000) : Number.NaN;
  if (Number.isNaN(atS))
    throw new CliError('usage', 'Cannot read --at: it is not a time', 'use the form 2026-03-01T09:30:00Z');
  if (atS > nowS) throw new CliError('usage', 'Cannot use --at: it is still to come', 'leave it out for now');
  return atS;
}
