import {
  deleteBroadcast,
  moveBroadcast,
  readQuality,
  takeBack,
  type BroadcastMove,
  type Moved,
} from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, refuseNew, withPlace, type Place, type PlaceFlags } from '../../place.ts';
import { findBroadcast, type FoundBroadcast } from './find-broadcast.ts';

type Asked = 'start' | 'pause' | 'resume' | 'cancel' | 'delete';

const DONE: Readonly<Record<Asked | 'schedule', string>> = {
  start: 'started; `alur broadcast show ID --watch` follows it',
  schedule: 'starts at its time; `alur broadcast pause ID` holds it',
  pause: 'paused; `alur broadcast resume ID` lets it go on',
  resume: 'goes on; `alur broadcast show ID --watch` follows it',
  cancel: 'cancelled; `alur broadcast report ID` tells who has got it',
  delete: 'deleted',
};

/** `alur broadcast start`, `pause`, `resume`, `cancel` and `delete`. */
export async function turnBroadcast(
  id: string,
  asked: Asked,
  given: PlaceFlags & { at?: string },
  { io }: Context,
): Promise<Outcome> {
  const startAtMs = timeOf(given.at);
  const bundle = await readPlaceBundle(given, io);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const found = await findBroadcast(bundle, place, id);
    const move = startAtMs === undefined || asked !== 'start' ? asked : 'schedule';
    const moved =
      move === 'delete'
        ? await deleteBroadcast(place.client, found.ref)
        : await turn(found, move, place, { startAtMs, keepS: bundle.recordKeepS });
    refuse(moved, asked);
    const { bid } = found.broadcast;
    return {
      exit: EXIT.ok,
      data: { id: bid, did: move },
      text: `${bid}: ${DONE[move].replace('ID', bid.slice(0, 8))}\n`,
    };
  });
}

async function turn(
  { ref, number }: FoundBroadcast,
  move: BroadcastMove,
  { client }: Place,
  details: { startAtMs: number | undefined; keepS: number },
): Promise<Moved> {
  if (!number && move !== 'cancel')
    throw new CliError(
      'notFound',
      'Its number is not in the bundle any more',
      'put it back, or cancel the broadcast',
    );
  const quality = number && (await readQuality(client, ref.shard, number));
  const moved = await moveBroadcast(client, ref, move, { ...details, quality });
  if (moved.kind === 'ok' && number && (move === 'pause' || move === 'cancel'))
    await takeBack(client, ref, number, details.keepS);
  return moved;
}

function refuse(moved: Moved, asked: Asked): void {
  if (moved.kind === 'ok') return;
  if (moved.kind === 'none')
    throw new CliError('notFound', 'The broadcast is gone', 'see `alur broadcast list`');
  if (moved.kind === 'empty')
    throw new CliError(
      'refused',
      'Cannot start the broadcast: it has no recipients',
      'add them with `alur broadcast add`',
    );
  throw new CliError(
    'refused',
    `Cannot ${asked} the broadcast: it is ${moved.state}`,
    'see `alur broadcast show`',
  );
}

function timeOf(at: string | undefined): number | undefined {
  if (at === undefined) return undefined;
  const ms = Date.parse(at);
  if (!Number.isNaN(ms)) return ms;
  throw new CliError('usage', 'Cannot read --at: it is not a time', 'use the form 2026-03-01T09:00:00+07:00');
}
