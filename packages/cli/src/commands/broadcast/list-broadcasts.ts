import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { renderTable } from '../../render-table.ts';
import { allBroadcasts } from './find-broadcast.ts';

const COLUMNS = ['ID', 'TEAM', 'NAME', 'STATE', 'NUMBER', 'RECIPIENTS', 'CREATED'].map((head) => ({ head }));
const SHORT = 8;

/** `alur broadcast list`. */
export async function listAllBroadcasts(given: PlaceFlags, { io, colors }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    const found = (await allBroadcasts(bundle, place)).map(({ broadcast }) => broadcast);
    const rows = found.map(({ bid, tenant, team, name, state, number, total, createdMs }) => [
      bid.slice(0, SHORT),
      `${tenant}/${team}`,
      name,
      state,
      number,
      String(total),
      new Date(createdMs).toISOString().slice(0, 16),
    ]);
    const data = found.map(({ bid, tenant, team, name, state, number, total, reason }) => ({
      ...{ id: bid, tenant, team, name, state, number, recipients: total },
      ...(reason !== undefined && { reason }),
    }));
    const text =
      rows.length === 0 ? 'No broadcasts.\n' : `${renderTable(COLUMNS, rows, colors).join('\n')}\n`;
    return { exit: EXIT.ok, data: { broadcasts: data }, text, warnings: placeWarnings(place) };
  });
}
