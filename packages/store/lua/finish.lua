-- finish: what came of one attempt.
-- uses: clock, admit, final
-- KEYS  1 record, 2 outbox, 3 dead, 4 chain, 5-9 flight (admitted, attempting, three lanes)
-- ARGV  1 entry, 2 class, 3 attempt, 4 outcome (sent, retry, dead, unknown), 5 wamid, 6 code, 7 reason,
--       8 delay ms (retry: until the next attempt; unknown: grace), 9 ahead, 10 flying, 11 keep s
-- returns { 'ok' or 'stale', admitted entries... }
-- invariant: acts only on the attempt that is open, so a late or repeated finish changes nothing.
local mid = string.sub(ARGV[1], 1, 32)
local record = redis.call('HMGET', KEYS[1], 'state', 'attempt')
if record[2] ~= ARGV[3] or (record[1] ~= 'attempting' and record[1] ~= 'unknown') then return { 'stale' } end
local now = now_ms()
local outcome = ARGV[4]
local flight = flight_at(5)
if outcome == 'sent' then
  redis.call('HSET', KEYS[1], 'state', 'sent', 'wamid', ARGV[5])
  end_message(KEYS[1], 2, ARGV[1], ARGV[2], ARGV[11])
elseif outcome == 'dead' then
  redis.call('HSET', KEYS[1], 'state', 'dead', 'code', ARGV[6], 'reason', ARGV[7])
  bury(KEYS[3], mid, ARGV[11])
  end_message(KEYS[1], 2, ARGV[1], ARGV[2], ARGV[11])
elseif outcome == 'retry' then
  local due = now + tonumber(ARGV[8])
  redis.call('HSET', KEYS[1], 'state', 'queued', 'not_before', due, 'code', ARGV[6])
  redis.call('ZADD', KEYS[2], due + 5000, mid)
  leave(flight, mid)
else
  redis.call('HSET', KEYS[1], 'state', 'unknown', 'code', ARGV[6])
  redis.call('ZADD', KEYS[2], now + tonumber(ARGV[8]), mid)
  leave(flight, mid)
end
return { 'ok', unpack(admit(flight, { ahead = tonumber(ARGV[9]), flying = tonumber(ARGV[10]) }, KEYS[2], now)) }
