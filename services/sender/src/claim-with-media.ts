import type { Bundle, BusinessNumber } from '@alur/bundle';
import { claim, type Claim, type ClaimOptions, type MessageRef, type RedisClient } from '@alur/store';
import type { OutboundMessage } from '@alur/types';
import { listMediaFiles, type GraphClient } from '@alur/whatsapp';
import { NO_MEDIA, type MediaDesk, type MessageMedia } from './media-desk.ts';
import { startAttemptClock, type AttemptClock } from './post-message.ts';

export interface ClaimDeps {
  client: RedisClient;
  desk: MediaDesk;
  graph: (bundle: Bundle) => GraphClient;
}

/** A claim that is answered for good, what the attempt takes along, and the clock that began before it was asked for. */
export interface Claimed {
  claimed: Exclude<Claim, { kind: 'media' }>;
  media: MessageMedia;
  clock: AttemptClock;
}

const ASK_AGAIN_MS = 1_000;

/** Claims an attempt; of a message that shows files only once Meta has them. Any other costs no more than its claim. */
export async function claimWithMedia(
  { ref, number, bundle }: { ref: MessageRef; number: BusinessNumber; bundle: Bundle },
  options: ClaimOptions,
  { client, desk, graph }: ClaimDeps,
): Promise<Claimed> {
  const clock = startAttemptClock();
  const claimed = await claim(client, ref, options);
  if (claimed.kind !== 'media') return { claimed, media: NO_MEDIA, clock };
  const prepared = await desk.prepare(listMediaFiles(messageToSend(claimed)), {
    mid: ref.mid,
    shard: ref.shard,
    number,
    files: bundle.mediaFiles,
    job: { graph: graph(bundle), overrides: bundle.errors },
  });
  const isReady = prepared.kind === 'ready';
  const clockAgain = startAttemptClock();
  const again = await claim(client, ref, { ...options, media: isReady ? 'ready' : { laterMs: prepared.ms } });
  return {
    // It was told all that it can ask for.
    claimed: again.kind === 'media' ? { kind: 'wait', ms: ASK_AGAIN_MS } : again,
    media: isReady ? prepared.media : NO_MEDIA,
    clock: clockAgain,
  };
}

/** Free-form while the window is open; else what its author gave for a closed one. */
export function messageToSend({
  alternative,
  body,
}: Pick<Extract<Claim, { kind: 'go' }>, 'alternative' | 'body'>): OutboundMessage {
  const { message, outsideWindow } = body;
  return alternative && outsideWindow !== undefined && outsideWindow !== 'skip' ? outsideWindow : message;
}
