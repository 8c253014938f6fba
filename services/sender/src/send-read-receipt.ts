import { findNumber, type Bundle } from '@alur/bundle';
import type { ReadReceipt } from '@alur/store';
import { renderReadReceipt, type GraphClient } from '@alur/whatsapp';

const TIMEOUT_MS = 5_000;

export interface ReadReceiptDeps {
  bundle: () => Bundle | undefined;
  graph: (bundle: Bundle) => Pick<GraphClient, 'call'>;
  count: (outcome: 'sent' | 'refused' | 'failed') => void;
}

/** Marks one message as read, with one try: what is not marked now is marked by the next, which marks those before it, too. */
export async function sendReadReceipt(
  { number: id, wamid, typing }: Pick<ReadReceipt, 'number' | 'wamid' | 'typing'>,
  { bundle: current, graph, count }: ReadReceiptDeps,
): Promise<void> {
  const bundle = current();
  const number = bundle && findNumber(bundle, id);
  if (!bundle || !number) return;
  const outcome = await graph(bundle).call({
    method: 'POST',
    path: `${id}/messages`,
    token: number.accessToken,
    apiVersion: number.apiVersion,
    json: renderReadReceipt(wamid, { typing }),
    timeoutMs: TIMEOUT_MS,
  });
  count(outcome.kind === 'ok' ? 'sent' : outcome.kind);
}
