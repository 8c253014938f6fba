import type { Configuration } from './configuration.ts';

const PLAIN = { turns: [['m1']], statuses: ['sent'], onUnknown: 'retry_once', mishaps: [], most: 0 } as const;
const CHAIN = { ...PLAIN, turns: [['m1'], ['m2']] } as const;

/** Small enough to be explored to the end each time. */
export const CONFIGURATIONS = {
  senders: {
    ...PLAIN,
    name: 'one message; senders die, stop and hear nothing',
    mishaps: ['sender dies', 'sender stops', 'no answer', 'finish repeated'],
    most: 2,
  },
  traffic: {
    ...PLAIN,
    name: 'one message; others of the number prove that statuses arrive',
    hasTraffic: true,
    mishaps: ['sender dies', 'no answer', 'status lost'],
    most: 1,
  },
  statuses: {
    ...PLAIN,
    name: 'one message; statuses come in any order, repeat and contradict each other',
    statuses: ['sent', 'delivered'],
    mishaps: ['failed too', 'failed later', 'status again'],
    most: 1,
  },
  attempts: {
    ...PLAIN,
    name: 'one message; failures of one attempt, silence of another',
    mishaps: ['failed later', 'no answer', 'status lost'],
    most: 2,
  },
  words: {
    ...PLAIN,
    name: 'one message; what one attempt said is taken back while the next is on its way',
    statuses: [],
    hasTraffic: true,
    mishaps: ['failed later', 'sender stops'],
    most: 2,
  },
  failures: {
    ...PLAIN,
    name: 'one message; failures that lack our tag',
    onUnknown: 'park',
    failuresLackTag: true,
    mishaps: ['failed later', 'sender dies'],
    most: 2,
  },
  refusals: {
    ...PLAIN,
    name: 'one message; refused, limited, stopped',
    mishaps: ['refused', 'rejected', 'limited', 'job again', 'stop', 'sweeper dies'],
    most: 2,
  },
  chain: {
    ...CHAIN,
    name: 'two messages in a chain; a sender dies',
    mishaps: ['sender dies', 'runner dies'],
    most: 1,
  },
  parked: {
    ...CHAIN,
    name: 'two messages in a chain; an unknown is parked',
    onUnknown: 'park',
    mishaps: ['no answer', 'rejected'],
    most: 1,
  },
  services: {
    ...CHAIN,
    name: 'two messages in a chain; ingress and sweeper die',
    turns: [['m1', 'm2']],
    mishaps: ['ingress dies', 'sweeper dies', 'stop', 'job again'],
    most: 1,
  },
  withdrawals: {
    ...PLAIN,
    statuses: [],
    name: 'one message; withdrawn and queued again at any time',
    mishaps: ['withdrawn', 'refused', 'no answer', 'finish repeated'],
    most: 3,
  },
  withdrawn: {
    ...CHAIN,
    statuses: [],
    name: 'two messages in a chain; withdrawn at any time, room for one in the tier',
    turns: [['m1', 'm2']],
    limits: { tier: 1, tierCounts: 'all' },
    mishaps: ['withdrawn', 'refused', 'runner dies'],
    most: 2,
  },
  limits: {
    ...CHAIN,
    name: 'two messages in a chain; room for one to the contact and in the tier',
    turns: [['m1', 'm2']],
    limits: { pair: 1.5, tier: 1, tierCounts: 'all' },
  },
  pace: {
    ...PLAIN,
    statuses: [],
    name: 'two conversations; room for one message a second',
    turns: [['m1'], ['m3']],
    limits: { throughput: 1 },
  },
  conversations: {
    ...PLAIN,
    name: 'two conversations',
    turns: [['m1'], ['m3']],
  },
} as const satisfies Record<string, Configuration>;

/** Too large for every time: as far as there are states to spend. */
export const LONG_CONFIGURATIONS = {
  anything: {
    ...PLAIN,
    name: 'one message; anything, three times',
    statuses: ['sent', 'delivered'],
    hasTraffic: true,
    mishaps: [
      'sender dies',
      'sender stops',
      'ingress dies',
      'sweeper dies',
      'no answer',
      'finish repeated',
      'refused',
      'failed later',
      'status again',
      'status lost',
      'job again',
    ],
    most: 3,
  },
  senders: {
    ...CHAIN,
    name: 'two messages in a chain; senders die, stop and hear nothing, twice',
    mishaps: ['sender dies', 'sender stops', 'no answer', 'finish repeated', 'ingress dies', 'sweeper dies'],
    most: 2,
  },
  statuses: {
    ...PLAIN,
    name: 'one message; statuses come in any order, repeat, contradict each other and lack our tag, twice',
    statuses: ['sent', 'delivered'],
    failuresLackTag: true,
    mishaps: ['failed too', 'failed later', 'status again', 'ingress dies', 'sender dies'],
    most: 2,
  },
  failures: {
    ...CHAIN,
    name: 'two messages in a chain; statuses fail',
    mishaps: ['failed later', 'no answer', 'status again'],
    most: 2,
  },
  conversations: {
    ...CHAIN,
    name: 'three messages of two conversations; a sender dies',
    turns: [['m1', 'm2'], ['m3']],
    mishaps: ['sender dies', 'no answer'],
    most: 1,
  },
  limits: {
    ...CHAIN,
    name: 'two messages in a chain; every limit has room for one, and messages fail',
    limits: { throughput: 1, pair: 1.5, tier: 1, tierCounts: 'all' },
    mishaps: ['failed later', 'limited', 'refused'],
    most: 1,
  },
} as const satisfies Record<string, Configuration>;
