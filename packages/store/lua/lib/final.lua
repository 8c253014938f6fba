-- Lists a message as dead; the list keeps no entry longer than its record (`keep` s).
local function bury(dead, mid, keep)
  local now = now_ms()
  redis.call('ZADD', dead, now, mid)
  redis.call('ZREMRANGEBYSCORE', dead, '-inf', now - keep * 1000)
end

-- The end of a message: it leaves the outbox, its chain and its number's flight; the next of its chain may go.
-- `at` is where the eight keys start: outbox, dead, chain, flight (5). The record's keep time is in seconds.
local function end_message(record, at, entry, class, keep)
  local flight = flight_at(at + 3)
  local mid = string.sub(entry, 1, 32)
  redis.call('EXPIRE', record, keep)
  redis.call('ZREM', KEYS[at], mid)
  leave(flight, mid)
  advance(KEYS[at + 2], flight[class], entry)
  return flight
end
