-- due: numbers and messages that somebody has to look at by now.
-- uses: clock
-- KEYS  1 wakes, 2 outbox
-- ARGV  1 most numbers, 2 most messages
-- returns { now in ms, numbers, mids }, the longest due first
-- invariant: changes nothing; due is what Redis's clock says, not the caller's.
local now = now_ms()
return {
  now,
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1]),
  redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[2]),
}
