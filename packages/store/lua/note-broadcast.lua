-- note-broadcast: where a feeder stands with a broadcast.
-- KEYS  1 broadcast
-- ARGV  fields and their values
-- returns 1, or 0 when there is no such broadcast
-- invariant: one that was deleted does not come back by a word about it.
if redis.call('HEXISTS', KEYS[1], 'mark') == 0 then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV))
return 1
