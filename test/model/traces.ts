import type { Configuration } from './configuration.ts';
import { CONFIGURATIONS, LONG_CONFIGURATIONS } from './configurations.ts';

/** A way that once led to a broken rule. */
export interface Trace {
  name: string;
  configuration: Configuration;
  path: readonly string[];
}

const { anything } = LONG_CONFIGURATIONS;
const UNTIL_SECOND_ATTEMPT = [
  'a turn queues m1',
  'a sender claims m1: go, attempt 1',
  'the sender of m1 POSTs m1.1',
  'Graph takes m1.1 and will report sent, failed',
  '15 s pass, and a sender stands still',
  'the sweeper looks at m1: unknown',
  '30 s pass',
  'the sweeper looks at m1: retry',
  'a sender claims m1: go, attempt 2',
];

export const TRACES: readonly Trace[] = [
  {
    name: 'a failure that lacks our tag waits for the answer, and the sender that has it dies',
    configuration: CONFIGURATIONS.failures,
    path: [
      'a turn queues m1',
      'a sender claims m1: go, attempt 1',
      'the sender of m1 POSTs m1.1',
      'Graph takes m1.1 and will report sent, failed',
      'the status "failed" of m1.1 has no tag, and nobody knows its wamid yet',
      'the sender of m1 finishes attempt 1 (sent): sent',
      'the sender of m1 dies (ending)',
      'a sender claims m1: no',
      'the status "sent" of m1.1 is merged: merged',
      'the status "failed" of m1.1, which had waited, is merged: again',
    ],
  },
  {
    name: 'the word of the first attempt is taken back while the second is on its way',
    configuration: anything,
    path: [
      ...UNTIL_SECOND_ATTEMPT,
      'the sender of m1 finishes attempt 1 (sent): sent',
      'the sender of m1 POSTs m1.2',
      'the status "failed" of m1.1 is merged: merged',
      '10 s pass',
      'statuses of later messages arrive',
      'the sweeper looks at m1: none',
      '20 s pass, and a sender stands still',
      'the sweeper looks at m1: parked',
    ],
  },
  {
    name: 'the word of the first attempt is taken back after the second was refused',
    configuration: anything,
    path: [
      ...UNTIL_SECOND_ATTEMPT,
      'the sender of m1 POSTs m1.2',
      'Graph says no to m1.2: refused',
      'the sender of m1 finishes attempt 2 (refused): queued',
      'the status "sent" of m1.1 is merged: settle',
      'the status "failed" of m1.1 is merged: again',
    ],
  },
];
