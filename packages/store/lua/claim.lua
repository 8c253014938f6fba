-- claim: the right to one attempt of a message, with every limit's token, or nothing at all.
-- uses: clock, admit, throughput
-- KEYS  1 record, 2 outbox, 3 throughput bucket, 4-8 flight (admitted, attempting, three lanes)
-- ARGV  1 mid, 2 lease ms, 3 throughput (messages a second), 4 ahead, 5 flying
-- returns { 'go', attempt, data, admitted entries... }, { 'wait', ms } or { 'no', state }
-- invariant: tokens are taken at the moment of sending and never reserved; only one claim wins an attempt.
local record = redis.call('HMGET', KEYS[1], 'state', 'attempt', 'not_before', 'data')
if record[1] ~= 'queued' then
  if record[1] ~= 'attempting' then redis.call('ZREM', KEYS[4], ARGV[1]) end
  return { 'no', record[1] or 'missing' }
end
local now = now_ms()
local not_before = tonumber(record[3] or '0')
if not_before > now then return { 'wait', not_before - now } end

local short = throughput_take(KEYS[3], tonumber(ARGV[3]), now)
if short > 0 then return { 'wait', short } end

local attempt = tonumber(record[2]) + 1
local lease = now + tonumber(ARGV[2])
redis.call('HSET', KEYS[1], 'state', 'attempting', 'attempt', attempt, 'lease', lease, 'started', now)
if record[3] then redis.call('HDEL', KEYS[1], 'not_before') end
redis.call('ZADD', KEYS[2], lease, ARGV[1])
local flight = flight_at(4)
redis.call('ZREM', flight.admitted, ARGV[1])
redis.call('ZADD', flight.attempting, now, ARGV[1])
local admitted = admit(flight, { ahead = tonumber(ARGV[4]), flying = tonumber(ARGV[5]) }, KEYS[2], now)
return { 'go', attempt, record[4], unpack(admitted) }
