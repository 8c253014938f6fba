import {
  type HttpRequest,
  type HttpResult,
  type InboundEvent,
  type JsonObject,
  type OptOutScope,
  type Session,
  type TemplateDefinition,
  type Tier,
  type TurnDone,
  type WaitingRun,
} from '@alur/types';
import { type OptOutOptions } from '../run/take-wish.ts';
import { type Choice } from './choices.ts';
import { type Delivery } from './deliver.ts';

/** Who the flows talk to. */
export interface SimulatedContact {
  waId?: string | undefined;
  userId?: string | undefined;
  username?: string | undefined;
  name?: string | undefined;
  language?: string | undefined;
  tags: readonly string[];
}

export interface SimulationOptions {
  /** Unix seconds at which the clock starts; 5 January 2026, a Monday, at nine in UTC. */
  at?: number | undefined;
  contact?: Partial<SimulatedContact> | undefined;
  /** What the conversation remembers already. */
  state?: JsonObject | undefined;
  /** How far the contact has opted out already. */
  optedOut?: OptOutScope | undefined;
  /** Unix seconds when the contact last wrote; 0, the default: never. */
  lastMessageTime?: number | undefined;
  tenant?: string | undefined;
  team?: string | undefined;
  /** A `phone_number_id`. */
  number?: string | undefined;
  /** What the number's tier has room for. */
  limits?: { tier: Tier; remaining?: number | undefined } | undefined;
  /** Without it no word opts anybody out. */
  optOut?: OptOutOptions | undefined;
  fallbackMessage?: string | undefined;
  /** As in `TurnOptions`. */
  templates?: readonly TemplateDefinition[] | undefined;
  /** Answers `http` nodes; without it every call fails with `no_answer`. */
  respond?: ((request: HttpRequest) => HttpResult | Promise<HttpResult>) | undefined;
}

/** One call of a web service, and what came of it. */
export interface SimulatedCall {
  request: HttpRequest;
  result: HttpResult;
}

/** One event through the flows, and what became of the messages. */
export interface SimulatedTurn {
  /** Unix seconds. */
  at: number;
  event: InboundEvent;
  result: TurnDone;
  deliveries: Delivery[];
  calls: SimulatedCall[];
  /** The run that went on. */
  resumed?: WaitingRun;
  /** The trigger that started a run. */
  started?: { flow: string; label: string };
}

/** A conversation as it stands. */
export interface SimulationView {
  /** Unix seconds. */
  at: number;
  contact: SimulatedContact;
  session: Session;
  optedOut: OptOutScope | undefined;
  isWindowOpen: boolean;
  /** What the newest messages let the contact tap. */
  choices: readonly Choice[];
}
