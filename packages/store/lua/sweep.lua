-- sweep: looks at one message of the outbox whose next check is due.
-- uses: clock, admit, final
-- KEYS  1 record, 2 outbox, 3 dead, 4 chain, 5-9 flight (admitted, attempting, three lanes), 10 statuses seen
-- ARGV  1 entry, 2 class, 3 grace ms, 4 floor ms, 5 on_unknown (retry_once or park), 6 ahead, 7 flying, 8 keep s
-- returns { action, next attempt, admitted entries... }; action: 'job' (add a job for it again), 'unknown' (its
--         owner was lost in the attempt), 'retry' (an unknown is tried once more), 'parked', 'ended' or 'none'
-- invariant: compares state and time, so any number of sweepers may look at the same message.
local mid = string.sub(ARGV[1], 1, 32)
local now = now_ms()
local due = redis.call('ZSCORE', KEYS[2], mid)
if not due or tonumber(due) > now then return { 'none', 0 } end
local record = redis.call('HMGET', KEYS[1], 'state', 'attempt', 'lease', 'started', 'not_before', 'unknown_retries')
local state, attempt = record[1], tonumber(record[2] or '0')
local flight = flight_at(5)
local action = 'none'

if state == 'queued' then
  if redis.call('ZSCORE', flight.admitted, mid) or record[5] then
    redis.call('ZADD', KEYS[2], now + 5000, mid)
    return { 'job', attempt + 1 }
  end
  redis.call('ZADD', KEYS[2], '+inf', mid)
  return { 'none', 0 }
elseif state == 'attempting' then
  if tonumber(record[3]) > now then
    redis.call('ZADD', KEYS[2], record[3], mid)
    return { 'none', 0 }
  end
  redis.call('HSET', KEYS[1], 'state', 'unknown', 'code', 'owner_lost')
  redis.call('ZADD', KEYS[2], now + tonumber(ARGV[3]), mid)
  leave(flight, mid)
  action = 'unknown'
elseif state == 'unknown' then
  -- Absence of a status means something only while the status path is alive: three later messages had theirs.
  local started = tonumber(record[4])
  local later = redis.call('ZRANGE', KEYS[10], 0, 0, 'WITHSCORES')
  local alive = redis.call('ZCARD', KEYS[10]) == 3 and tonumber(later[2]) > started
  if not alive and now - started < tonumber(ARGV[4]) then
    redis.call('ZADD', KEYS[2], now + 2000, mid)
    return { 'none', 0 }
  end
  if ARGV[5] == 'retry_once' and not record[6] then
    redis.call('HSET', KEYS[1], 'state', 'queued', 'unknown_retries', 1, 'not_before', now)
    redis.call('ZADD', KEYS[2], now + 5000, mid)
    return { 'retry', attempt + 1 }
  end
  redis.call('HSET', KEYS[1], 'state', 'dead', 'reason', 'unknown_outcome')
  bury(KEYS[3], mid, ARGV[8])
  end_message(KEYS[1], 2, ARGV[1], ARGV[2], ARGV[8])
  action = 'parked'
elseif state then
  end_message(KEYS[1], 2, ARGV[1], ARGV[2], ARGV[8])
  action = 'ended'
else
  redis.call('ZREM', KEYS[2], mid)
  leave(flight, mid)
  return { 'none', 0 }
end
return { action, attempt, unpack(admit(flight, { ahead = tonumber(ARGV[6]), flying = tonumber(ARGV[7]) }, KEYS[2], now)) }
