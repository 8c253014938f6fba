import { type NumberSettings } from '../options.ts';
import { type Refusal, refusal } from '../graph/refusal.ts';

// Source: Meta, "Registration": 10 requests of a number in 72 h.
const CALLS_MAX = 10;
const CALLS_MS = 72 * 3_600_000;
// Source: Meta, "Error codes", 133008.
const GUESSES_MAX = 5;

interface Registration {
  isRegistered: boolean;
  pin: string | undefined;
  callsMs: number[];
  wrongGuesses: number;
}

/** Which numbers are registered, and with which PIN. All are at the start. */
export interface Registrations {
  /** Why the number cannot send, or nothing. */
  refusal(numberId: string): Refusal | undefined;
  isRegistered(numberId: string): boolean;
  hasPin(numberId: string): boolean;
  register(number: NumberSettings, pin: string): Refusal | undefined;
  deregister(number: NumberSettings): Refusal | undefined;
  /** Two-step verification with another PIN. */
  setPin(number: NumberSettings, pin: string): void;
}

export function createRegistrations(numbers: readonly NumberSettings[], nowMs: () => number): Registrations {
  const byId = new Map(numbers.map(({ id, pin }) => [id, fresh(pin)]));
  const find = (id: string) => {
    const found = byId.get(id) ?? fresh(undefined);
    byId.set(id, found);
    return found;
  };
  const isRegistered = (id: string) => byId.get(id)?.isRegistered !== false;
  return {
    isRegistered,
    refusal: (id) => (isRegistered(id) ? undefined : NOT_REGISTERED),
    hasPin: (id) => find(id).pin !== undefined,
    register({ id }, pin) {
      const found = find(id);
      const refused = countCall(found, nowMs()) ?? checkPin(found, pin);
      if (refused) return refused;
      found.isRegistered = true;
      found.pin ??= pin;
      return undefined;
    },
    deregister({ id }) {
      const found = find(id);
      const refused = countCall(found, nowMs());
      if (refused) return refused;
      if (!found.isRegistered) return NOT_REGISTERED;
      found.isRegistered = false;
      return undefined;
    },
    setPin({ id }, pin) {
      const found = find(id);
      found.pin = pin;
      found.wrongGuesses = 0;
    },
  };
}

function fresh(pin: string | undefined): Registration {
  return { isRegistered: true, pin, callsMs: [], wrongGuesses: 0 };
}

const NOT_REGISTERED = refusal(
  133010,
  'Account not registered',
  'Account does not exist in Cloud API, please use /register API to create an account first',
);

function countCall(registration: Registration, nowMs: number): Refusal | undefined {
  const recent = registration.callsMs.filter((ms) => nowMs - ms < CALLS_MS);
  registration.callsMs = recent;
  if (recent.length >= CALLS_MAX) {
    return refusal(
      133016,
      'Account register deregister rate limit exceeded',
      `Too many registrations or deregistrations of this number: at most ${CALLS_MAX} in 72 hours.`,
    );
  }
  recent.push(nowMs);
  return undefined;
}

function checkPin(registration: Registration, pin: string): Refusal | undefined {
  if (registration.pin === undefined || registration.pin === pin) {
    registration.wrongGuesses = 0;
    return undefined;
  }
  if (registration.wrongGuesses >= GUESSES_MAX) {
    return refusal(133008, 'Too many PIN guesses', 'Too many wrong two-step verification PINs.');
  }
  registration.wrongGuesses += 1;
  return refusal(133005, 'Two step verification PIN Mismatch', 'The two-step verification PIN is wrong.');
}
