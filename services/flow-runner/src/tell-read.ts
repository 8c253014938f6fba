import type { Team } from '@alur/bundle';
import type { ReadReceipts } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { isMessage, type InboundEvent, type TurnOutcome } from '@alur/types';

export interface TellReadDeps {
  readReceipts: ReadReceipts;
  logger: Logger;
}

/** What was said to nobody, or is for people to read, keeps its grey ticks. */
const TAKEN: ReadonlySet<TurnOutcome> = new Set<TurnOutcome>(['completed', 'waiting', 'failed']);

/** Lets a contact see that a flow took their message, where the team wants that. */
export function tellRead(event: InboundEvent, outcome: TurnOutcome, team: Team, deps: TellReadDeps): void {
  if (team.readReceipts !== 'off' && TAKEN.has(outcome)) tell(event, false, deps);
}

/** Lets a contact see that an answer is on its way, before a call that may take long. */
export function tellTyping(event: InboundEvent, team: Team, deps: TellReadDeps): void {
  if (team.readReceipts === 'typing') tell(event, true, deps);
}

// Not waited for: no turn is late for it, and none fails with it.
function tell(event: InboundEvent, typing: boolean, { readReceipts, logger }: TellReadDeps): void {
  if (!isMessage(event)) return;
  const { tenant, number, evt, wamid } = event;
  readReceipts.tell({ tenant, number, evt, wamid, typing }).catch((err: unknown) => {
    logger.warn({ err, evt }, 'read_receipt.not_told');
  });
}
