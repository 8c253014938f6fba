import { createLogger, createMetrics } from '@alur/telemetry';
import type { JsonObject } from '@alur/types';
import { parseWebhook } from '@alur/whatsapp';
import { describe, expect, test } from '@jest/globals';
import { CONTACT, messagesValue, webhookOf } from '../../../packages/whatsapp/src/testing/frame.ts';
import { ACCOUNT_PAYLOADS } from '../../../packages/whatsapp/src/testing/payloads.ts';
import { SYSTEM_PAYLOADS } from '../../../packages/whatsapp/src/testing/system-payloads.ts';
import { createIngressMetrics } from './metrics.ts';
import { tellFields } from './tell-fields.ts';

/** What is counted and logged of the changes of one body. */
async function told(changes: readonly JsonObject[]) {
  const parsed = parseWebhook(Buffer.from(JSON.stringify(webhookOf(...changes))), { receivedAtMs: 0 });
  if (parsed.kind !== 'items') throw new Error(parsed.reason);
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const metrics = createMetrics('ingress');
  const logger = createLogger({ service: 'ingress', level: 'info', destination });
  tellFields(
    parsed.items,
    { tenant: 'acme', team: 'sales' },
    { metrics: createIngressMetrics(metrics), logger },
  );
  const counted = [
    ...(await metrics.text()).matchAll(/^alur_webhook_fields_total\{.*field="(\w+)".*\} ([1-9]\d*)$/gm),
  ];
  return {
    lines,
    counted: Object.fromEntries(counted.map(([, field = '', count]) => [field, Number(count)])),
  };
}

describe('tellFields()', () => {
  test('counts every field under its name, and those that are not known under one', async () => {
    const changes = ACCOUNT_PAYLOADS.map(({ field, value }) => ({ field, value }));
    const { counted } = await told([...changes, { field: 'x"} 1', value: 1 }]);
    const expected: Record<string, number> = {};
    for (const { field, isOf = field } of ACCOUNT_PAYLOADS) expected[isOf] = (expected[isOf] ?? 0) + 1;
    delete expected['a_field_of_tomorrow'];
    expect(counted).toEqual({ ...expected, other: 2 });
  });

  test('counts what moves a contact, and the errors of a number', async () => {
    const messages = SYSTEM_PAYLOADS.map(({ message }, index) => ({
      id: `wamid.${index}`,
      timestamp: 5,
      ...message,
    }));
    const value = messagesValue({ messages, errors: [{ code: 130_429 }] });
    const { counted, lines } = await told([{ field: 'messages', value }]);
    expect(counted).toEqual({ system: messages.length, errors: 1 });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { msg: 'account.alert', field: 'errors', word: '130429' },
    ]);
  });

  test('says in the log what people should look at, and nothing personal', async () => {
    const { lines } = await told(ACCOUNT_PAYLOADS.map(({ field, value }) => ({ field, value })));
    const alerts = ACCOUNT_PAYLOADS.flatMap(({ alert }) => alert ?? []);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      alerts.map((word) => ({ level: 'warn', msg: 'account.alert', tenant: 'acme', team: 'sales', word })),
    );
    for (const hidden of ['61555822107539', CONTACT.waId, CONTACT.userId, 'Lucky Shrub', '15550783881']) {
      expect(lines.join('')).not.toContain(hidden);
    }
  });
});
