import { moveBroadcast, readBroadcast, readQuality, takeBack, type BroadcastMove } from '@alur/store';
import { z } from 'zod';
import { refusal, type ApiAnswer } from '../api-answer.ts';
import { BroadcastAnswer, findBroadcast, NO_BROADCAST, refusedMove, shown } from '../broadcast-answers.ts';
import { defineRoute, type ApiCall, type ApiDeps, type Route } from '../route.ts';

const answers = {
  200: { description: 'It is so now.', schema: BroadcastAnswer },
  404: { description: 'There is no such broadcast of this team.' },
  409: {
    description: 'Not from the state that it is in (`not_now`), or it has no recipients (`no_recipients`).',
  },
};

const StartBody = z.strictObject({
  /** When it shall start; at once without. */
  at: z.iso.datetime({ offset: true }).optional(),
});

/** Lets a draft go, now or at a time. */
export const broadcastStart = defineRoute({
  method: 'POST',
  path: 'broadcasts/:bid/start',
  name: 'broadcast-start',
  scope: 'broadcasts',
  summary: 'Start a broadcast, now or at a time',
  body: StartBody,
  example: { body: { at: '2026-12-24T09:00:00+07:00' } },
  answers,
  handle: (call, deps) => {
    const startAtMs = call.body.at === undefined ? undefined : Date.parse(call.body.at);
    return startAtMs !== undefined && startAtMs > deps.now()
      ? move(call, deps, 'schedule', startAtMs)
      : move(call, deps, 'start');
  },
});

function simpleMove(asked: 'pause' | 'resume' | 'cancel', summary: string): Route {
  return defineRoute({
    method: 'POST',
    path: `broadcasts/:bid/${asked}`,
    name: `broadcast-${asked}`,
    scope: 'broadcasts',
    summary,
    answers,
    handle: (call, deps) => move(call, deps, asked),
  });
}

export const broadcastPause = simpleMove('pause', 'Hold a broadcast: what is not sent waits');
export const broadcastResume = simpleMove(
  'resume',
  'Let a broadcast that was held, or stopped by itself, go on',
);
export const broadcastCancel = simpleMove('cancel', 'End a broadcast: whoever has nothing yet gets nothing');

async function move(
  call: Pick<ApiCall, 'team' | 'params' | 'bundle'>,
  deps: ApiDeps,
  asked: BroadcastMove,
  startAtMs?: number,
): Promise<ApiAnswer> {
  const found = await findBroadcast(call, deps);
  if (!found) return NO_BROADCAST;
  const { ref, number } = found;
  if (!number && asked !== 'cancel')
    return refusal(
      409,
      'unknown_number',
      `Cannot ${asked} the broadcast: its number is not the team's any more`,
    );
  const quality = number && (await readQuality(deps.client, ref.shard, number));
  const keepS = call.bundle.recordKeepS;
  const moved = await moveBroadcast(deps.client, ref, asked, { quality, startAtMs, keepS });
  const refused = refusedMove(moved, asked);
  if (refused) return refused;
  if (number && (asked === 'pause' || asked === 'cancel')) await takeBack(deps.client, ref, number, keepS);
  const now = await readBroadcast(deps.client, ref);
  return now ? { status: 200, body: shown(now) } : NO_BROADCAST;
}
