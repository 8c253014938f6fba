-- replay: a dead message gets a new life at the end of its chain; window, opt-out and limits are asked again when it goes.
-- uses: clock, flight, life
-- KEYS  1 record, 2 dead, 3 chain, 4-17 flight
-- ARGV  1 entry, 2 class, 3 number, 4 throughput
-- returns { 'ok', admitted entries... }, or { 'no' } when it is not dead or its body is gone
-- invariant: a message that is not dead is left alone, so twice is once.
local record = redis.call('HMGET', KEYS[1], 'state', 'body', 'created', 'life')
if record[1] ~= 'dead' or not record[2] then return { 'no' } end
local flight = flight_at(4)
local entry, class, now = ARGV[1], ARGV[2], now_ms()
redis.call('HSET', KEYS[1], 'state', 'queued', 'tries', 0, 'life', note(life_of(record[3], record[4]), 'y', now))
redis.call('HDEL', KEYS[1], 'reason', 'code', 'limited', 'unknown_retries', 'closed', 'rank')
redis.call('PERSIST', KEYS[1])
redis.call('ZREM', KEYS[2], string.sub(entry, 1, 32))
redis.call('ZADD', flight.outbox, '+inf', string.sub(entry, 1, 32))
-- It is still in its chain when the end that a status brought was not settled yet.
local place = redis.call('LPOS', KEYS[3], entry) or redis.call('RPUSH', KEYS[3], entry) - 1
if place == 0 then redis.call('RPUSH', flight[class], entry) end
return { 'ok', unpack(admit(flight, read_number(flight, ARGV[3], ARGV[4], nil), now)) }
