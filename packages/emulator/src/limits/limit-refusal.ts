import { type GraphFailure, type Refusal } from '../graph/refusal.ts';
import { type LimitName } from './limit-name.ts';

interface LimitError extends GraphFailure {
  details: string;
  subcode?: number;
  /** Whether Meta's two sources differ on its HTTP status. */
  isThrottle: boolean;
}

// Codes and titles as in Meta, "Error codes". Meta has no code of its own for a tier that is used up.
const ERRORS: Record<LimitName, LimitError> = {
  throughput: {
    code: 130429,
    subcode: 2494055,
    title: 'Rate limit hit',
    details: 'Cloud API message throughput has been reached.',
    isThrottle: true,
  },
  pair: {
    code: 131056,
    title: '(Business Account, Consumer Account) pair rate limit hit',
    details: 'Too many messages from this number to this contact within a short time.',
    isThrottle: true,
  },
  tier: {
    code: 131048,
    title: 'Spam rate limit hit',
    details: 'This number may not send to more contacts outside the customer service window for now.',
    isThrottle: false,
  },
  window: {
    code: 131047,
    title: 'Re-engagement message',
    details: 'More than 24 hours have passed since the contact last wrote to this number.',
    isThrottle: false,
  },
  optOut: {
    code: 131050,
    title: 'User has stopped receipt of marketing messages',
    details: 'The contact has asked this business to send no marketing messages.',
    isThrottle: false,
  },
};

/** What the answer to a POST says that exceeds a limit. */
export function limitRefusal(name: LimitName, throttleHttp: 400 | 429): Refusal {
  const { code, title, details, subcode, isThrottle } = ERRORS[name];
  return {
    http: isThrottle ? throttleHttp : 400,
    code,
    ...(subcode === undefined ? {} : { subcode }),
    message: `(#${code}) ${title}`,
    details,
  };
}

/** What the failed status of such a message says. */
export function limitFailure(name: LimitName): GraphFailure {
  const { code, title, details } = ERRORS[name];
  return { code, title, details };
}
