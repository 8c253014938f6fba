import { z } from 'zod';
import { createChance } from './ids.ts';

/** What a send meets instead of its usual course. */
export const Fault = z.discriminatedUnion('kind', [
  /** A Graph error. */
  z.strictObject({
    kind: z.literal('error'),
    http: z.number().int().min(400).max(599).default(400),
    code: z.number().int(),
    title: z.string(),
    details: z.string().optional(),
  }),
  /** An answer that is no Graph error: a proxy's page, an empty 502. */
  z.strictObject({
    kind: z.literal('http'),
    status: z.number().int().min(200).max(599),
    body: z.string().default(''),
  }),
  /** The connection breaks before anything is accepted. */
  z.strictObject({ kind: z.literal('reset_before_accept') }),
  /** The message is accepted and its receipts come, but the answer is lost. */
  z.strictObject({ kind: z.literal('reset_after_accept') }),
  /** The answer comes late. */
  z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(0).max(120_000) }),
  /** Accepted, then reported as failed by webhook instead of sent, delivered, read. */
  z.strictObject({
    kind: z.literal('failed_status'),
    code: z.number().int(),
    title: z.string(),
    details: z.string().optional(),
  }),
]);
export type Fault = z.infer<typeof Fault>;

/** Which sends meet the fault, and how many of them. */
export const FaultOrder = z.strictObject({
  match: z.strictObject({ number: z.string().optional(), to: z.string().optional() }).default({}),
  times: z.number().int().min(1).default(1),
  /** Chance that a matching send meets it; a spared send does not count. */
  probability: z.number().min(0).max(1).default(1),
  fault: Fault,
});
export type FaultOrder = z.infer<typeof FaultOrder>;

export interface Faults {
  add(order: FaultOrder): void;
  clear(): void;
  /** The first ordered fault that meets this send, used up by one. */
  take(number: string, to: string | undefined): Fault | undefined;
}

/** Faults come only when asked for, in the order asked; the chance among them repeats with the seed. */
export function createFaults(seed: string): Faults {
  const chance = createChance(`faults ${seed}`);
  let orders: FaultOrder[] = [];
  return {
    add: (order) => void orders.push({ ...order }),
    clear() {
      orders = [];
    },
    take(number, to) {
      const order = orders.find(
        ({ match, probability }) =>
          (match.number ?? number) === number &&
          (match.to === undefined || match.to === to) &&
          (probability === 1 || chance() < probability),
      );
      if (!order) return undefined;
      order.times -= 1;
      if (order.times === 0) orders = orders.filter((other) => other !== order);
      return order.fault;
    },
  };
}
