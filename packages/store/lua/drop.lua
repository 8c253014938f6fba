-- drop: a dead message is given up: it leaves the list and its content goes.
-- uses: clock, life
-- KEYS  1 record, 2 dead
-- ARGV  1 mid
-- returns 1, or 0 when it is not dead
-- invariant: a message that is not dead is left alone.
local record = redis.call('HMGET', KEYS[1], 'state', 'created', 'life')
if record[1] ~= 'dead' then return 0 end
redis.call('HDEL', KEYS[1], 'body')
redis.call('HSET', KEYS[1], 'state', 'dropped', 'life', note(life_of(record[2], record[3]), 'g', now_ms()))
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
