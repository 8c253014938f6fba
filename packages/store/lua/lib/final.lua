-- Lists a message as dead; the list keeps no entry longer than its record (`keep` s).
local function bury(dead, mid, keep)
  local now = now_ms()
  redis.call('ZADD', dead, now, mid)
  redis.call('ZREMRANGEBYSCORE', dead, '-inf', now - keep * 1000)
end

-- The end of a message: it leaves the outbox, its chain and its number's flight; the next of its chain may go.
-- The record's keep time is in seconds; `written` as `leave` has it.
local function end_message(record, chain, flight, entry, class, keep, written)
  local mid = string.sub(entry, 1, 32)
  redis.call('EXPIRE', record, keep)
  redis.call('ZREM', flight.outbox, mid)
  redis.call('ZREM', flight.later, entry .. class)
  leave(flight, mid, written)
  advance(chain, flight[class], entry)
end

-- Graph took the message, whatever was thought of it before. Its end is the caller's: `end_message`.
local function come_alive(record, dead, mid, attempt, wamid)
  redis.call('HSET', record, 'state', 'sent', 'wamid', wamid, 'ok:' .. attempt, '1')
  redis.call('HDEL', record, 'lease', 'reason')
  redis.call('ZREM', dead, mid)
end
