-- drop: a dead message is given up: it leaves the list and its content goes.
-- KEYS  1 record, 2 dead
-- ARGV  1 mid
-- returns 1, or 0 when it is not dead
-- invariant: a message that is not dead is left alone.
if redis.call('HGET', KEYS[1], 'state') ~= 'dead' then return 0 end
redis.call('HSET', KEYS[1], 'state', 'dropped')
redis.call('HDEL', KEYS[1], 'body')
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
