import { tenantNumbers } from '@alur/lists';
import { eraseContact, shardOf, type Erased } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import type { Io } from '../../io.ts';
import { readPlaceBundle, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { readWho } from './show-contact.ts';
import { tenantOf } from './tenant-of.ts';

export interface EraseFlags extends PlaceFlags {
  tenant?: string;
  forgetOptOut: boolean;
  yes: boolean;
}

/** `alur contacts erase`: a contact is forgotten, with every number of a tenant. */
export async function eraseOne(who: string, given: EraseFlags, { io }: Context): Promise<Outcome> {
  const ids = readWho(who);
  const bundle = await readPlaceBundle(given, io);
  const tenant = tenantOf(bundle, given.tenant);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    await confirm(given, io);
    const erased = await eraseContact(place.client, {
      shard: shardOf(tenant, place.shards),
      tenant,
      numbers: tenantNumbers(bundle, tenant),
      ids,
      keepsOptOut: !given.forgetOptOut,
    });
    return { exit: EXIT.ok, data: { tenant, ...erased }, text: render(erased, given) };
  });
}

async function confirm({ yes }: EraseFlags, { ask }: Io): Promise<void> {
  if (yes || (await ask?.('Erase all that is kept of this contact? It cannot be undone.')) === true) return;
  throw new CliError('refused', 'Nothing was erased: nobody said yes', 'say it with --yes');
}

const THINGS: Record<keyof Erased, string> = {
  conversations: 'conversation',
  names: 'name that led there',
  events: 'waiting event',
  messages: 'message',
  emitted: 'event for subscribers',
  aside: 'item set aside',
  recipients: 'place in a broadcast',
  wishes: 'opt-out',
};

function render(erased: Erased, { forgetOptOut }: EraseFlags): string {
  const counts = new Map<string, number>(Object.entries(erased));
  const lines = Object.entries(THINGS).flatMap(([name, thing]) => {
    const number = counts.get(name) ?? 0;
    return number === 0 ? [] : [`  ${String(number).padStart(6)}  ${thing}`];
  });
  const kept = forgetOptOut ? [] : ['An opt-out stays, as a hash: the contact is not written to again.'];
  return [lines.length === 0 ? 'Nothing is kept of this contact.' : 'Erased:', ...lines, ...kept, ''].join(
    '\n',
  );
}
