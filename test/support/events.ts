import { createIntake, type Intake, type Store } from '@alur/store';
import { type InboundEvent, NumberId, eventId } from '@alur/types';

/** A text event as ingress would make it. */
export function textEvent(options: {
  wamid: string;
  waId?: string;
  userId?: string;
  number?: string;
  text?: string;
  at?: number;
  tenant?: string;
}): InboundEvent {
  const number = NumberId.parse(options.number ?? '100200300');
  return {
    kind: 'text',
    evt: eventId(number, 'text', options.wamid),
    tenant: options.tenant ?? 'default',
    team: 'default',
    number,
    wamid: options.wamid,
    at: options.at ?? Math.floor(Date.now() / 1000),
    receivedAtMs: Date.now(),
    from: {
      ...(options.waId ? { waId: options.waId } : {}),
      ...(options.userId ? { userId: options.userId } : {}),
    },
    text: options.text ?? 'hi',
  };
}

/** An intake that hears no stop word . */
export function plainIntake({ client, shards }: Pick<Store, 'client' | 'shards'>): Intake {
  return createIntake({ client, shards, wishOf: () => undefined });
}
