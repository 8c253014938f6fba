import type { Fault } from '../script-text.ts';
import type { TurnsConfiguration } from './configuration.ts';
import { TURNS_CONFIGURATIONS } from './configurations.ts';

/** A fault in a script that the model has to find, and by which rule. */
export interface TurnsMutant extends Fault {
  name: string;
  configuration: TurnsConfiguration;
  breaks: RegExp;
}

const { waits, again, calls, aside, conversations } = TURNS_CONFIGURATIONS;

const ADD_READY = `if redis.call('RPUSH', inbox, item) == 1 then redis.call('XADD', ready, '*', 'c', cid) end`;
const DUE = 'if due < 0 or due > now then return end';
const END_ENTRY = `  redis.call('XDEL', KEYS[1], ARGV[2])\n`;
const OWN = `if has_moved or not head or string.sub(head, 1, 32) ~= ARGV[3] then return { 'stale' } end`;
const OWN_ANSWER = `if not head or string.sub(head, 1, 32) ~= ARGV[1] or (seen[1] or '0') ~= ARGV[2] then return { 'stale' } end`;
const SET_TIMER = `if ARGV[14] ~= '' and string.sub(ARGV[14], 1, 32) ~= seen[4] then`;

const OF_COMMIT: readonly TurnsMutant[] = [
  {
    name: 'commit asks nobody whose the turn is',
    configuration: waits,
    breaks: /is ok instead of/,
    edits: [
      ['commit.lua', OWN, ''],
      ['commit.lua', `if has_moved and seen[2] == ARGV[3] then return { 'done' } end`, ''],
    ],
  },
  {
    name: 'commit does not compare the head of the inbox',
    configuration: aside,
    breaks: /is ok instead of stale/,
    edits: [['commit.lua', OWN, `if has_moved or not head then return { 'stale' } end`]],
  },
  {
    name: 'commit does not know a turn that it has committed',
    configuration: waits,
    breaks: /is stale instead of done/,
    edits: [['commit.lua', `if has_moved and seen[2] == ARGV[3] then return { 'done' } end`, '']],
  },
  {
    name: 'commit does not move the version',
    configuration: waits,
    breaks: /moved the version by 0/,
    edits: [['commit.lua', 'tonumber(ARGV[4]) + 1', 'tonumber(ARGV[4])']],
  },
  {
    name: 'commit leaves the event in the inbox',
    configuration: waits,
    breaks: /the inbox of c1 holds/,
    edits: [['commit.lua', `redis.call('LPOP', KEYS[2])\n`, '']],
  },
  {
    name: 'commit leaves the entry of an empty inbox',
    configuration: waits,
    breaks: /is in ready, and has nothing to do/,
    edits: [['commit.lua', END_ENTRY, '']],
  },
  {
    name: 'commit ends the entry of an inbox that is not empty',
    configuration: waits,
    breaks: /has something to do, and is not in ready/,
    edits: [['commit.lua', 'if not following then', 'do']],
  },
  {
    name: 'commit leaves the timer of a wait that was answered',
    configuration: waits,
    breaks: /waits for nothing, and has a timer/,
    edits: [['commit.lua', 'elseif seen[3] then', 'elseif false then']],
  },
  {
    name: 'commit sets a timer again that is in the inbox',
    configuration: again,
    breaks: /has its timer twice/,
    edits: [['commit.lua', SET_TIMER, `if ARGV[14] ~= '' then`]],
  },
  {
    name: 'commit does not set the timer of a second wait',
    configuration: again,
    breaks: /has lost its timer/,
    edits: [['commit.lua', SET_TIMER, `if ARGV[14] ~= '' and not seen[4] then`]],
  },
  {
    name: 'commit leaves the time of the former timer',
    configuration: again,
    breaks: /due at another time/,
    edits: [
      ['commit.lua', `redis.call('ZADD', KEYS[22], ARGV[13]`, `redis.call('ZADD', KEYS[22], 'NX', ARGV[13]`],
    ],
  },
  {
    name: 'commit lists the timer under a key that was not named',
    configuration: waits,
    breaks: /keys that were not named: ZADD/,
    edits: [
      ['commit.lua', `redis.call('ZADD', KEYS[22], ARGV[13]`, `redis.call('ZADD', '{s0}:timer', ARGV[13]`],
    ],
  },
];

const OF_FIRE: readonly TurnsMutant[] = [
  {
    name: 'fire leaves the timer where it is listed',
    configuration: waits,
    breaks: /fired and is still set/,
    edits: [['fire.lua', `redis.call('ZREM', timers, cid)`, '']],
  },
  {
    name: 'fire leaves the timer in the conversation',
    configuration: waits,
    breaks: /fired and is still set/,
    edits: [['fire.lua', `redis.call('HDEL', conversation, 'timer')`, '']],
  },
  {
    name: 'fire does not note what fired',
    configuration: again,
    breaks: /has its timer twice/,
    edits: [['fire.lua', `redis.call('HSET', conversation, 'fired', string.sub(item, 1, 32))`, '']],
  },
  {
    name: 'fire does not ask again whether a timer is due',
    configuration: again,
    breaks: /and its timer is not due/,
    edits: [['fire.lua', DUE, 'if due < 0 then return end']],
  },
  {
    name: 'fire does not ask again whether there is a timer',
    configuration: again,
    breaks: /and its timer is not due/,
    edits: [
      ['fire.lua', DUE, 'if due > now then return end'],
      [
        'fire.lua',
        '  if not item then return end',
        `  item = item or (redis.call('HGET', conversation, 'done') .. '{"at":1}')`,
      ],
    ],
  },
  {
    name: 'fire does not make the conversation ready',
    configuration: waits,
    breaks: /has something to do, and is not in ready/,
    edits: [['fire.lua', ADD_READY, `redis.call('RPUSH', inbox, item)`]],
  },
  {
    name: 'fire makes the conversation ready whatever is in its inbox',
    configuration: waits,
    breaks: /is in ready 2 times/,
    edits: [
      ['fire.lua', ADD_READY, `redis.call('RPUSH', inbox, item) redis.call('XADD', ready, '*', 'c', cid)`],
    ],
  },
  {
    name: 'fire puts the timer before what came first',
    configuration: waits,
    breaks: /the inbox of c1 holds/,
    edits: [['fire.lua', `redis.call('RPUSH', inbox, item) == 1`, `redis.call('LPUSH', inbox, item) == 1`]],
  },
  {
    name: 'fire takes the inbox of another conversation',
    configuration: conversations,
    breaks: /and at 60 came|the inbox of c\d holds/,
    edits: [['fire.lua', 'KEYS[2 * arg - 3], KEYS[2 * arg - 2]', 'KEYS[3], KEYS[2 * arg - 2]']],
  },
  {
    name: 'fire says a time long past',
    configuration: again,
    breaks: /and at 70 came/,
    edits: [['fire.lua', 'if now - due > tonumber(ARGV[2]) then', 'if false then']],
  },
  {
    name: 'fire names nothing that is due',
    configuration: waits,
    breaks: /a timer of c1 never fires|no end can be reached/,
    edits: [['fire.lua', `'-inf', now, 'LIMIT'`, `'(' .. now, '(' .. now, 'LIMIT'`]],
  },
];

const OF_OTHERS: readonly TurnsMutant[] = [
  {
    name: 'load goes on with an entry that is gone',
    configuration: waits,
    breaks: /is in ready, and has nothing to do/,
    edits: [['load.lua', ` or #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 0`, '']],
  },
  {
    name: 'load gives the answers of another event',
    configuration: calls,
    breaks: /load says answer 1 of m2/,
    edits: [
      ['load.lua', `fields[8] == evt and fields[9] or ''`, `fields[9] or ''`],
      ['commit.lua', `if seen[5] then redis.call('HDEL', KEYS[3], 'journal_evt', 'journal') end`, ''],
    ],
  },
  {
    name: 'load forgets the answers',
    configuration: calls,
    breaks: /load says undefined of m1; the first was answer 1/,
    edits: [['load.lua', `fields[8] == evt and fields[9] or ''`, `''`]],
  },
  {
    name: 'record-answer lets the last answer stand',
    configuration: calls,
    breaks: /m1 sees answer 2; the first answer was answer 1/,
    edits: [['record-answer.lua', `if journal[i] == ARGV[3] then return { 'ok', journal[i + 1] } end`, '']],
  },
  {
    name: 'record-answer keeps the first answer and says the last',
    configuration: calls,
    breaks: /m1 sees answer 2; the first answer was answer 1/,
    edits: [['record-answer.lua', `return { 'ok', journal[i + 1] }`, `return { 'ok', ARGV[4] }`]],
  },
  {
    name: 'record-answer asks nobody whose the turn is',
    configuration: calls,
    breaks: /from a runner that came too late/,
    edits: [['record-answer.lua', OWN_ANSWER, '']],
  },
  {
    name: 'accept takes an event twice',
    configuration: waits,
    breaks: /is accepted as new/,
    edits: [
      [
        'accept.lua',
        `elseif redis.call('HSETNX', bucket, evt, ARGV[arg + 10]) == 0 then`,
        `elseif redis.call('HSET', bucket, evt, ARGV[arg + 10]) < 0 then`,
      ],
    ],
  },
  {
    name: 'accept makes a conversation ready that is',
    configuration: waits,
    breaks: /is in ready 2 times/,
    edits: [['accept.lua', `redis.call('RPUSH', inbox, item) == 1`, `redis.call('RPUSH', inbox, item) > 0`]],
  },
  {
    name: 'quarantine-event pops whatever the head is',
    configuration: aside,
    breaks: /set aside/,
    edits: [
      [
        'quarantine-event.lua',
        'if not head or string.sub(head, 1, 32) ~= ARGV[3] then return 0 end',
        'if not head then return 0 end',
      ],
    ],
  },
  {
    name: 'quarantine-event ends the entry of an inbox that is not empty',
    configuration: aside,
    breaks: /has something to do, and is not in ready/,
    edits: [['quarantine-event.lua', `if redis.call('LLEN', KEYS[2]) == 0 then`, 'do']],
  },
  {
    name: 'quarantine-event keeps a new conversation for ever',
    configuration: aside,
    breaks: /is kept for ever/,
    edits: [
      [
        'quarantine-event.lua',
        `if redis.call('TTL', KEYS[3]) < 0 then redis.call('EXPIRE', KEYS[3], ARGV[8]) end`,
        '',
      ],
    ],
  },
];

export const TURNS_MUTANTS: readonly TurnsMutant[] = [...OF_COMMIT, ...OF_FIRE, ...OF_OTHERS];
