import { z } from 'zod';
import { JsonObject, readAs } from '@alur/types';
import { createChance } from './ids.ts';

const GraphFailure = { code: z.number().int(), title: z.string(), details: z.string().optional() };
// Meta aims at an hour.
const HELD_MAX_MS = 86_400_000;
const ms = z.number().int().min(0).max(120_000);

/** What becomes of the POST and of its answer. */
const AnswerFault = z.discriminatedUnion('kind', [
  /** A Graph error, with the headers that a throttled caller may find. Nothing is accepted. */
  z.strictObject({
    kind: z.literal('error'),
    http: z.number().int().min(400).max(599).default(400),
    ...GraphFailure,
    subcode: z.number().int().optional(),
    /** `error.message`, where Meta's is not `(#code) title`. */
    message: z.string().optional(),
    isTransient: z.boolean().optional(),
    /** `Retry-After`, seconds. */
    retryAfterS: z.number().int().nonnegative().optional(),
    /** `X-App-Usage` and `X-Business-Use-Case-Usage`, written as JSON. */
    usage: z.strictObject({ app: JsonObject.optional(), businessUseCase: JsonObject.optional() }).optional(),
  }),
  /** An answer that is no Graph error: a proxy's page, an empty 502. Nothing is accepted. */
  z.strictObject({
    kind: z.literal('http'),
    status: z.number().int().min(200).max(599),
    body: z.string().default(''),
  }),
  /** After `ms` the connection breaks; nothing is accepted. */
  z.strictObject({ kind: z.literal('reset_before_accept'), ms: ms.default(0) }),
  /** Accepted at once, and its receipts come; the connection breaks after `ms` without an answer. */
  z.strictObject({ kind: z.literal('reset_after_accept'), ms: ms.default(0) }),
  /** Acceptance and answer come late. */
  z.strictObject({ kind: z.literal('delay'), ms }),
  /** Accepted; the answer breaks off in the middle of its body. */
  z.strictObject({ kind: z.literal('cut_answer') }),
  /** Accepted at once; the answer's body comes byte by byte over this time. */
  z.strictObject({ kind: z.literal('slow_answer'), ms }),
]);
export type AnswerFault = z.infer<typeof AnswerFault>;

/** What becomes of the accepted message. */
const CourseFault = z.discriminatedUnion('kind', [
  /**
   * A template that is paced: answered as held for quality assessment. After `ms` it is released and takes its course, or
   * dropped: failed with 132015. Of other messages it is no fault.
   */
  z.strictObject({
    kind: z.literal('held'),
    ms: z.number().int().min(0).max(HELD_MAX_MS),
    outcome: z.enum(['released', 'dropped']).default('released'),
  }),
  /** Reported as failed instead of sent, delivered, read. */
  z.strictObject({ kind: z.literal('failed_status'), ...GraphFailure }),
  /** Reported as sent, and as failed this much later; never as delivered. */
  z.strictObject({ kind: z.literal('late_failed_status'), ...GraphFailure, ms }),
]);
export type CourseFault = z.infer<typeof CourseFault>;

/** What becomes of the webhooks that tell of it. */
const ReceiptFault = z.discriminatedUnion('kind', [
  /** Every receipt is delivered twice. */
  z.strictObject({ kind: z.literal('duplicate_status') }),
  /** The receipts are delivered in another order than they happened; which one repeats with the seed. */
  z.strictObject({ kind: z.literal('shuffle_statuses') }),
  /** Every receipt is delivered this much later. */
  z.strictObject({ kind: z.literal('delay_statuses'), ms }),
  /** No receipt is ever delivered. */
  z.strictObject({ kind: z.literal('drop_statuses') }),
]);
export type ReceiptFault = z.infer<typeof ReceiptFault>;

/** What a send meets instead of its usual course: at most one of each of the three sorts. */
export const Fault = z.discriminatedUnion('kind', [
  ...AnswerFault.options,
  ...CourseFault.options,
  ...ReceiptFault.options,
]);
export type Fault = z.infer<typeof Fault>;

/** Which sends meet the fault, and how many of them. */
export const FaultOrder = z
  .strictObject({
    match: z
      .strictObject({
        number: z.string().optional(),
        to: z.string().optional(),
        /** Message type, such as `text` or `template`. */
        type: z.string().optional(),
        /** Name of the template that is sent. */
        template: z.string().optional(),
        /** Another call than a send, by what it is about and its name: `number POST media`, `WABA GET message_templates`. */
        call: z.string().optional(),
      })
      .default({}),
    times: z.union([z.number().int().min(1), z.literal('always')]).default(1),
    /** Chance that a matching send meets it; a spared send does not count. */
    probability: z.number().min(0).max(1).default(1),
    fault: Fault,
  })
  // What can never be met would be a test that proves nothing.
  .refine(({ match, fault }) => fault.kind !== 'held' || (match.type ?? 'template') === 'template', {
    path: ['match', 'type'],
    error: 'only a template is held: give type "template", or none',
  });
export type FaultOrder = z.infer<typeof FaultOrder>;

/** What an order may match of a send. */
export interface FaultTarget {
  number: string;
  to: string | undefined;
  type: string;
  template: string | undefined;
  /** Undefined for a send: an order without a call is about sends alone. */
  call?: string;
}

export interface Faults {
  add(order: FaultOrder): void;
  clear(): void;
  /** The first ordered fault of each sort that meets this send, used up by one. */
  takeAnswer(target: FaultTarget): AnswerFault | undefined;
  takeCourse(target: FaultTarget): CourseFault | undefined;
  takeReceipt(target: FaultTarget): ReceiptFault | undefined;
}

/** Faults come only when asked for, in the order asked; the chance among them repeats with the seed. */
export function createFaults(seed: string): Faults {
  const chance = createChance(`faults ${seed}`);
  const [answers, courses, receipts] = [
    createOrders<AnswerFault>(chance),
    createOrders<CourseFault>(chance),
    createOrders<ReceiptFault>(chance),
  ];
  return {
    add(order) {
      answers.add(order, readAs(AnswerFault, order.fault).data);
      courses.add(order, readAs(CourseFault, order.fault).data);
      receipts.add(order, readAs(ReceiptFault, order.fault).data);
    },
    clear() {
      answers.clear();
      courses.clear();
      receipts.clear();
    },
    takeAnswer: (target) => answers.take(target),
    takeCourse: (target) => courses.take(target),
    takeReceipt: (target) => receipts.take(target),
  };
}

interface Order<F> extends Omit<FaultOrder, 'fault'> {
  fault: F;
  isFor: (target: FaultTarget) => boolean;
}

function createOrders<F>(chance: () => number) {
  let orders: Order<F>[] = [];
  return {
    add(order: FaultOrder, fault: F | undefined) {
      // Only templates are paced.
      const isFor = ({ type }: FaultTarget) => order.fault.kind !== 'held' || type === 'template';
      if (fault !== undefined) orders.push({ ...order, fault, isFor });
    },
    clear() {
      orders = [];
    },
    take(target: FaultTarget): F | undefined {
      const order = orders.find(
        ({ match, probability, isFor }) =>
          isMatch(match, target) && isFor(target) && (probability === 1 || chance() < probability),
      );
      if (!order) return undefined;
      if (order.times !== 'always') order.times -= 1;
      if (order.times === 0) orders = orders.filter((other) => other !== order);
      return order.fault;
    },
  };
}

function isMatch({ number, to, type, template, call }: FaultOrder['match'], target: FaultTarget): boolean {
  return (
    call === target.call &&
    (number === undefined || number === target.number) &&
    (to === undefined || to === target.to) &&
    (type === undefined || type === target.type) &&
    (template === undefined || template === target.template)
  );
}
