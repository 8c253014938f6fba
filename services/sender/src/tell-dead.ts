import type { StatusNote, StatusTeller } from '@alur/store';
import type { Logger } from '@alur/telemetry';

/** Flows that want to know hear of a message that will never go. What keeps them from it costs no other message anything. */
export async function tellDead(
  note: Pick<StatusNote, 'mid' | 'number' | 'attempt' | 'reason'>,
  { teller, logger }: { teller: StatusTeller; logger: Logger },
): Promise<void> {
  const at = Math.floor(Date.now() / 1000);
  await teller.tell([{ ...note, state: 'dead', at }]).catch((err: unknown) => {
    logger.warn({ err, mid: note.mid }, 'status.not_told');
  });
}
