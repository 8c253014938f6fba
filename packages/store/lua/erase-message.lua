-- erase-message: a contact is forgotten, and so is a message to it, whatever has become of it.
-- uses: clock, flight, limits, take-off
-- KEYS  1 record, 2 chain, 3 tier ledger, 4-17 flight, 18 dead
-- ARGV  1 entry, 2 class, 3 number
-- returns the state that it was in, or '' when there was none
-- invariant: it is in no place afterwards, and the next of its chain may go. One that is being sent cannot be called back: what comes
--            of it finds no record, so nothing is kept of it. Twice is once.
local mid = string.sub(ARGV[1], 1, 32)
local flight, now = flight_at(4), now_ms()
local record = redis.call('HMGET', KEYS[1], 'state', 'unknown_retries')
-- What may have arrived counts.
if record[1] == 'queued' and not record[2] then tier_give_back(KEYS[1], KEYS[3], flight, ARGV[3], now) end
if redis.call('ZSCORE', flight.attempting, mid) then leave(flight, mid) end
take_off(KEYS[2], flight, ARGV[3], ARGV[1], ARGV[2], now)
redis.call('ZREM', KEYS[18], mid)
redis.call('DEL', KEYS[1])
return record[1] or ''
