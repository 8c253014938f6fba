import { execFileSync } from 'node:child_process';
import type { Subscriber } from '@alur/bundle';
import type { Emitted } from '@alur/store';
import {
  ConversationId,
  EventId,
  MediaEvent,
  NumberId,
  OWN_EVENT_TYPES,
  wantedTypes,
  type TextPiece,
} from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { fencesOf, filesLike, read, tableOf } from '../../../../test/docs/markdown.ts';
import { emittedBy } from '../emitted-by-turn.ts';
import { renderDelivery } from './render-delivery.ts';

const DOCUMENT = 'docs/subscribers.md';
const fence = (info: string) => fencesOf(read(DOCUMENT)).find((each) => each.info === info)?.text ?? '';
const SECRET = 'a-secret-of-sixteen';

const event: Emitted = {
  entry: '1-1',
  id: '3f0c1a9b7d5e42608f1b6c3d9a7e5f20',
  tenant: 'default',
  team: 'default',
  number: NumberId.parse('100000000000001'),
  cid: ConversationId.parse('c'.repeat(32)),
  type: 'order.confirmed',
  at: 1_767_225_598,
  payload: { order: 'A1' },
};
const contact = { waId: '6281234567890', name: 'Sari', tags: [] };
const subscriber: Subscriber = {
  id: 'crm',
  url: 'https://crm.example.com',
  events: ['*'],
  secrets: [SECRET],
};

/** A delivery as its receiver has it. */
function deliver(timestamp = Math.floor(Date.now() / 1_000)) {
  const call = renderDelivery({ event, contact, subscriber, timestamp });
  const plain = (pieces: readonly TextPiece[] = []) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : '')).join('');
  const headers = Object.fromEntries(call.headers.map(({ name, value }) => [name, plain(value)]));
  return { headers, body: plain(call.body) };
}

/** Runs the example of the page as a program of its own. */
function verify(secret: string, { headers, body }: ReturnType<typeof deliver>): boolean {
  const args = JSON.stringify([secret, headers, body]);
  const program = `${fence('js verify')}\nprocess.stdout.write(String(isFromAlur(...${args})));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', program]).toString() === 'true';
}

describe(DOCUMENT, () => {
  test('has an example that accepts our deliveries, and no others', () => {
    const delivery = deliver();
    const { headers, body } = delivery;
    expect(verify(SECRET, delivery)).toBe(true);
    expect(verify('another-secret-of-16', delivery)).toBe(false);
    expect(verify(SECRET, { headers, body: `${body} ` })).toBe(false);
    expect(verify(SECRET, deliver(Math.floor(Date.now() / 1_000) - 3_600))).toBe(false);
    expect(verify(SECRET, { headers: {}, body })).toBe(false);
    expect(verify(SECRET, { headers: { ...headers, 'webhook-signature': 'v1,ü' }, body })).toBe(false);
    const rotated = { ...headers, 'webhook-signature': `v1,x ${headers['webhook-signature']}` };
    expect(verify(SECRET, { headers: rotated, body })).toBe(true);
  });

  test('has an example of at most ten lines', () => {
    expect(fence('js verify').trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  test('shows a delivery as it is', () => {
    expect(JSON.parse(fence('json delivery'))).toEqual(JSON.parse(deliver().body));
  });

  test('shows what a contact sent as it is told', () => {
    const shown = z.looseObject({ event: EventId }).parse(JSON.parse(fence('json received')));
    const media = {
      ...{ type: 'image', id: '1014', mimeType: 'image/jpeg', sha256: '5e88489da0', caption: 'Our table' },
    };
    const received = MediaEvent.parse({
      ...{ kind: 'media', evt: shown.event, tenant: 'default', team: 'default', number: '100000000000001' },
      ...{ at: 1_767_225_598, receivedAtMs: 1, from: {}, wamid: 'wamid.HBg', media },
      context: { wamid: 'wamid.HBh', fromMe: true },
    });
    const [told] = emittedBy(
      {
        event: received,
        optOut: { words: { stop: [], start: [] } },
        wanted: wantedTypes([{ events: ['message.*'] }]),
      },
      [],
    );
    expect(told).toMatchObject({ eventType: 'message.received', payload: shown });
    expect(told?.payload).toEqual(shown);
  });

  test("lists exactly the events of Alur's own", () => {
    const sources = filesLike(/^packages\/flow\/src\/nodes\/[^/]+(?<!\.test)\.ts$/).map(read);
    const byNodes = sources.flatMap((text) =>
      [...text.matchAll(/emit\('([\w.]+)'/g)].map(([, type]) => type),
    );
    expect(OWN_EVENT_TYPES).toEqual(expect.arrayContaining(byNodes));
    const listed = tableOf(read(DOCUMENT), 'own events').map(([type = '']) => type.replaceAll('`', ''));
    expect(listed).toEqual([...OWN_EVENT_TYPES]);
  });
});
