import type { BusinessNumber } from '@alur/bundle';
import type { AttemptOutcome, Claim } from '@alur/store';
import { attemptTag, type ErrorOverride, type OutboundMessage } from '@alur/types';
import { renderMessage, RenderError, withMediaIds, type GraphClient, type SendOutcome } from '@alur/whatsapp';
import type { MessageMedia } from './media-desk.ts';

/** A lease outlasts the POST by this: an attempt that is that late must not begin. */
export const LEASE_SLACK_MS = 5_000;

/** `invalid`: it cannot be written as Graph wants it, so nothing was sent. */
export type Posted = SendOutcome | { kind: 'invalid'; judged: AttemptOutcome };

export interface PostHow {
  number: BusinessNumber;
  graph: GraphClient;
  clock: AttemptClock;
  overrides: ReadonlyMap<number, ErrorOverride>;
  /** Of the bundle's files that the message shows, by path. */
  ids: MessageMedia['ids'];
}

/** One POST of a claimed attempt, with the tag by which its statuses find their record. */
export async function postMessage(
  { data, body, attempt }: Extract<Claim, { kind: 'go' }>,
  message: OutboundMessage,
  { number, graph, clock, overrides, ids }: PostHow,
): Promise<Posted> {
  try {
    const opaque = attemptTag(data.mid, attempt);
    const { replyTo } = body;
    const rendered = renderMessage(
      ids.size === 0 ? message : withMediaIds(message, new Map([...ids].map(([path, { id }]) => [path, id]))),
      body.to,
      replyTo === undefined ? { opaque } : { opaque, replyTo },
    );
    const { id, accessToken: token, apiVersion } = number;
    const request = { number: id, token, apiVersion, body: rendered, overrides, beforeWrite: clock.begin };
    return await graph.send(request);
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    // The window closed between the two claims, and what goes instead shows other files.
    if (error.code === 'not_uploaded') {
      return {
        kind: 'invalid',
        judged: { kind: 'retry', code: error.code, reason: 'media', ms: LEASE_SLACK_MS },
      };
    }
    return { kind: 'invalid', judged: { kind: 'dead', code: error.code, reason: 'invalid_message' } };
  }
}

/** Measures an attempt from before its claim was asked for. */
export interface AttemptClock {
  /** Called right before the first byte: false when the lease could end before the last, so nothing must be written. */
  begin: () => boolean;
  /** From the start to the first byte, in whole ms; -1 while nothing was written. */
  writtenMs: () => number;
}

/** By both clocks: one stands still while a machine sleeps, the other jumps. */
export function startAttemptClock(): AttemptClock {
  const steady = performance.now();
  const wall = Date.now();
  let writtenMs = -1;
  return {
    begin: () => {
      const passedMs = performance.now() - steady;
      const mayBegin = passedMs < LEASE_SLACK_MS && Math.abs(Date.now() - wall) < LEASE_SLACK_MS;
      if (mayBegin) writtenMs = Math.ceil(passedMs);
      return mayBegin;
    },
    writtenMs: () => writtenMs,
  };
}
