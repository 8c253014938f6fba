-- sweep: looks at one message of the outbox whose next check is due.
-- uses: clock, flight, final, full, life, outside
-- KEYS  1 record, 2 dead, 3 chain, 4 statuses seen, 5-18 flight, 19 emitted
-- ARGV  1 entry, 2 class, 3 number, 4 throughput, 5 keep s, 6 grace ms, 7 floor ms, 8 on_unknown (retry_once or park), 9 about
--       how many emitted events are kept, 10 types of events that subscribers want (a space around each)
-- returns { action, admitted entries, attempt }; action: 'job' (add a job for this attempt), 'unknown' (its owner was
--         lost in the attempt), 'retry' (an unknown is tried once more), 'parked', 'ended' or 'none'
-- invariant: compares state and time, so any number of sweepers may look at the same message.
local entry, class = ARGV[1], ARGV[2]
local mid = string.sub(entry, 1, 32)
local flight, now = flight_at(5), now_ms()
local due = redis.call('ZSCORE', flight.outbox, mid)
if not due or tonumber(due) > now then return { 'none', {}, 0 } end
go_on_when_full(KEYS[1])
local record = redis.call('HMGET', KEYS[1], 'state', 'attempt', 'lease', 'started', 'unknown_retries', 'created', 'life')
local state, attempt = record[1], tonumber(record[2] or '0')

local function after(action)
  return { action, admit(flight, read_number(flight, ARGV[3], ARGV[4], nil), now), attempt }
end
local function tell(letter)
  redis.call('HSET', KEYS[1], 'life', note(life_of(record[6], record[7]), letter, now, attempt))
end
local function look_again(at)
  redis.call('ZADD', flight.outbox, at, mid)
  return { 'none', {}, 0 }
end

if not state then
  redis.call('ZREM', flight.outbox, mid)
  leave(flight, mid)
  return { 'none', {}, 0 }
elseif state == 'queued' then
  if not redis.call('ZSCORE', flight.admitted, mid) then return look_again('+inf') end
  redis.call('ZADD', flight.outbox, now + 5000, mid)
  return { 'job', {}, attempt + 1 }
elseif state == 'attempting' then
  if tonumber(record[3]) > now then return look_again(record[3]) end
  redis.call('HSET', KEYS[1], 'state', 'unknown', 'code', 'owner_lost')
  tell('u')
  redis.call('ZADD', flight.outbox, now + tonumber(ARGV[6]), mid)
  leave(flight, mid)
  return after('unknown')
elseif state == 'unknown' then
  -- It may have become so in the middle of its last attempt, by a status that took back the word of an earlier one.
  local started = tonumber(record[4])
  if now - started < tonumber(ARGV[6]) then return look_again(started + tonumber(ARGV[6])) end
  -- Absence of a status means something only while the status path is alive: three later messages had theirs.
  local later = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
  local alive = redis.call('ZCARD', KEYS[4]) == 3 and tonumber(later[2]) > started
  if not alive and now - started < tonumber(ARGV[7]) then return look_again(now + 2000) end
  if ARGV[8] == 'retry_once' and not record[5] then
    redis.call('HSET', KEYS[1], 'state', 'queued', 'unknown_retries', 1)
    tell('r')
    -- It may have arrived, so what it took of the tier is never given back.
    redis.call('HDEL', KEYS[1], 'tier_at')
    enter_lane_again(flight, entry, class)
    return after('retry')
  end
  redis.call('HSET', KEYS[1], 'state', 'dead', 'reason', 'unknown_outcome')
  tell('p')
  bury(KEYS[2], mid, ARGV[5])
  tell_message({ emitted = KEYS[19], most = ARGV[9], wanted = ARGV[10] }, KEYS[1], 'message.failed', attempt, now / 1000,
    { state = 'dead', reason = 'unknown_outcome' })
  end_message(KEYS[1], KEYS[3], flight, entry, class, ARGV[5])
  return after('parked')
end
end_message(KEYS[1], KEYS[3], flight, entry, class, ARGV[5])
return after('ended')
