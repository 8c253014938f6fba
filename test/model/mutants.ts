import type { Configuration } from './configuration.ts';
import { CONFIGURATIONS } from './configurations.ts';
import type { Fault } from './script-text.ts';
import { TRACES } from './traces.ts';

/** A fault in a script that the model has to find. */
export interface Mutant extends Fault {
  name: string;
  configuration: Configuration;
  /** Where the fault is too far away to be come upon: the way to it. */
  trace?: readonly string[];
}

const {
  senders,
  traffic,
  statuses,
  attempts,
  words,
  failures,
  refusals,
  services,
  limits,
  pace,
  withdrawals,
  withdrawn,
} = CONFIGURATIONS;
// Found only where all was explored, so there is little to explore.
const withoutJob: Configuration = { ...refusals, mishaps: ['runner dies'], most: 1 };

const CLAIM_GUARD = `if record[1] ~= 'queued' or not is_admitted or redis.call('ZSCORE', flight.later, entry .. class) then`;

// The sweeper asks for the grace a second time, from the claim.
const NO_GRACE = ['sweep.lua', 'if now - started < tonumber(ARGV[6]) then', 'if false then'] as const;

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'claim gives an attempt whatever the state is',
    configuration: refusals,
    edits: [['claim.lua', CLAIM_GUARD, 'if not record[1] then']],
  },
  {
    name: 'claim gives an attempt to a message that waits elsewhere',
    configuration: refusals,
    edits: [['claim.lua', CLAIM_GUARD, `if record[1] ~= 'queued' then`]],
  },
  {
    name: 'claim takes a token and says no',
    configuration: limits,
    edits: [
      [
        'claim.lua',
        'local ms = pair_wait(KEYS[4], now)',
        'pair_take(KEYS[4], now)\nlocal ms = pair_wait(KEYS[4], now)',
      ],
    ],
  },
  {
    name: 'claim takes no token of the contact',
    configuration: limits,
    edits: [['claim.lua', 'pair_take(KEYS[4], now)', '']],
  },
  {
    name: 'claim asks for no room in the tier',
    configuration: limits,
    edits: [['claim.lua', 'ms = tier_wait(KEYS[5], member, number.tier_limit, day, now)', 'ms = 0']],
  },
  {
    name: 'claim asks for no room in the throughput',
    configuration: pace,
    edits: [
      [
        'claim.lua',
        `ms = throughput_wait(flight, number.throughput, redis.call('ZRANK', flight.admitted, mid), now)`,
        'ms = 0',
      ],
    ],
  },
  {
    name: 'a message that was written does not count against the throughput',
    configuration: pace,
    edits: [['lib/flight.lua', `redis.call('ZADD', flight.throughput, written, mid .. ':' .. written)`, '']],
  },
  {
    name: 'finish does not compare the attempt',
    configuration: senders,
    edits: [['finish.lua', 'record[2] == ARGV[6] and ', '']],
  },
  {
    name: 'finish leaves a message that is tried again on its way',
    configuration: refusals,
    edits: [['finish.lua', '  leave(flight, mid, written)\n  if due then', '  if due then']],
  },
  {
    name: 'finish gives an unknown no grace',
    configuration: traffic,
    edits: [
      NO_GRACE,
      [
        'finish.lua',
        `redis.call('ZADD', flight.outbox, now + ms, mid)`,
        `redis.call('ZADD', flight.outbox, now, mid)`,
      ],
    ],
  },
  {
    name: 'the sweeper tries an unknown again twice',
    configuration: senders,
    edits: [['sweep.lua', ' and not record[5] then', ' then']],
  },
  {
    name: 'the sweeper does not ask when a check is due, nor for the lease',
    configuration: senders,
    edits: [
      ['sweep.lua', 'if not due or tonumber(due) > now then', 'if not due then'],
      ['sweep.lua', 'if tonumber(record[3]) > now then return look_again(record[3]) end', ''],
    ],
  },
  {
    name: 'the sweeper gives an attempt whose sender was lost no grace',
    configuration: traffic,
    edits: [NO_GRACE, ['sweep.lua', 'now + tonumber(ARGV[6])', 'now']],
  },
  {
    name: 'the sweeper does not ask whether statuses arrive',
    configuration: senders,
    edits: [['sweep.lua', 'if not alive and now - started < tonumber(ARGV[7]) then', 'if false then']],
  },
  {
    name: 'the sweeper judges an attempt that became unknown on its way',
    configuration: words,
    edits: [NO_GRACE],
  },
  {
    name: 'the sweeper adds no job for a message that lost its own',
    configuration: withoutJob,
    edits: [['sweep.lua', `return { 'job', {}, attempt + 1 }`, `return { 'none', {}, 0 }`]],
  },
  {
    name: 'a failed status makes a delivered message undelivered',
    configuration: statuses,
    edits: [['merge-status.lua', 'if seen.best >= 2 or not is_on_its_way then', 'if not is_on_its_way then']],
  },
  {
    name: 'a failed status decides although another attempt was taken',
    configuration: attempts,
    edits: [['merge-status.lua', `if marks[2 * n - 1] and not marks[2 * n] then return 'merged' end`, '']],
  },
  {
    name: 'a late success does not cancel the next attempt',
    configuration: statuses,
    edits: [
      [
        'merge-status.lua',
        `if seen.state == 'sent' or (`,
        `if seen.state == 'sent' or seen.state == 'queued' or (`,
      ],
    ],
  },
  {
    name: 'a message that is tried again runs out like a final one',
    configuration: statuses,
    edits: [
      [
        'merge-status.lua',
        `redis.call('PERSIST', status.record)\n    if act == 'window_closed'`,
        `if act == 'window_closed'`,
      ],
    ],
  },
  {
    name: 'a status that waited for its wamid is given out once only',
    configuration: failures,
    edits: [['merge-status.lua', 'if known[7] then look_for_early(status) else', 'if not known[7] then']],
  },
  {
    name: 'settle does not let the chain move on',
    configuration: services,
    edits: [['settle.lua', 'end_message(KEYS[1], KEYS[2], flight, ARGV[1], ARGV[2], ARGV[5])', '']],
  },
  {
    name: 'wake lets messages go before their time',
    configuration: refusals,
    edits: [['wake.lua', `flight.later, '-inf', now, 'LIMIT'`, `flight.later, '-inf', '+inf', 'LIMIT'`]],
  },
  {
    name: 'a final message stays in the outbox',
    configuration: services,
    edits: [['lib/final.lua', `redis.call('ZREM', flight.outbox, mid)`, '']],
  },
  {
    name: 'a chain stands still after its first message',
    configuration: services,
    edits: [['lib/final.lua', 'advance(chain, flight[class], entry)', '']],
  },
  {
    name: 'a chain is popped whatever its head is',
    configuration: services,
    edits: [['lib/flight.lua', `if redis.call('LINDEX', chain, 0) ~= entry then return end`, '']],
  },
  {
    name: 'every message of a chain goes to the lane at once',
    configuration: services,
    edits: [
      [
        'lib/new-message.lua',
        `if redis.call('RPUSH', chain, entry) == 1 then`,
        `if redis.call('RPUSH', chain, entry) > 0 then`,
      ],
    ],
  },
  {
    name: 'an attempt that may have arrived is withdrawn',
    configuration: withdrawals,
    edits: [['lib/withdraw.lua', `if seen[3] then return 'busy' end`, '']],
  },
  {
    name: 'a message is withdrawn from under its sender',
    configuration: withdrawals,
    edits: [
      ['lib/withdraw.lua', `if seen[1] == 'attempting' or seen[1] == 'unknown' then return 'busy' end`, ''],
      ['lib/withdraw.lua', `if seen[1] ~= 'queued' then`, `if not seen[1] then`],
    ],
  },
  {
    name: 'a message that is queued again counts its attempts anew',
    configuration: withdrawals,
    edits: [['enqueue.lua', `if before[1] then redis.call('HSET', KEYS[key], 'attempt', before[2]) end`, '']],
  },
  {
    name: 'a message that is withdrawn stays in its chain',
    configuration: withdrawn,
    edits: [['lib/take-off.lua', `elseif place then redis.call('LREM', chain, 1, entry) end`, 'end']],
  },
  {
    name: 'a message that is withdrawn holds up the next of its chain',
    configuration: withdrawn,
    edits: [
      [
        'lib/take-off.lua',
        `if place == 0 then advance(chain, flight[class], entry) elseif`,
        `if place == 0 then redis.call('LPOP', chain) elseif`,
      ],
    ],
  },
  {
    name: 'nobody lets in what a withdrawn message held up',
    configuration: withdrawn,
    edits: [['lib/take-off.lua', 'wake_at(flight, number, now) end', 'end']],
  },
  {
    name: 'a message that is withdrawn keeps its place in the tier',
    configuration: withdrawn,
    edits: [['lib/withdraw.lua', 'tier_give_back(record, ledger, flight, message.number, now)', '']],
  },
  ...TRACES.filter(({ name }) => name.includes('after the second was refused')).map(
    ({ configuration, path }) => ({
      name: 'finish does not note that an attempt was refused',
      configuration,
      trace: path,
      edits: [
        [
          'finish.lua',
          `if outcome ~= 'sent' and outcome ~= 'unknown' and ARGV[6] ~= '1' then`,
          'if false then',
        ],
      ] as const,
    }),
  ),
];
