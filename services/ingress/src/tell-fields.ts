import type { Logger } from '@alur/telemetry';
import { WEBHOOK_FIELDS, type WebhookItem } from '@alur/whatsapp';
import type { IngressMetrics } from './metrics.ts';

/** Counts what a stored body told beside messages, and says in the log what people should look at: Meta's word for it, no more. */
export function tellFields(
  items: readonly WebhookItem[],
  route: { tenant: string; team: string },
  { metrics, logger }: { metrics: Pick<IngressMetrics, 'fields'>; logger: Logger },
): void {
  for (const item of items) {
    if (item.kind !== 'account' && item.kind !== 'identity') continue;
    const { field } = item;
    metrics.fields.inc({ field: WEBHOOK_FIELDS.has(field) ? field : 'other' });
    if (item.kind === 'account' && item.alert !== undefined) {
      logger.warn(
        { ...route, field, wabaId: item.wabaId, number: item.number, word: item.alert },
        'account.alert',
      );
    }
  }
}
