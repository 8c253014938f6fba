-- pause: holds everything of a number, of a WABA, or its templates, until a time.
-- KEYS  1 number or waba, 2 wakes
-- ARGV  1 field (paused or templates), 2 until (Unix ms), 3 code, 4 number, 5 '1' when the pause has an end
-- returns 1, or 0 when a longer pause holds already
-- invariant: a pause is never made shorter by another one.
local till = ARGV[1] .. '_until'
if tonumber(redis.call('HGET', KEYS[1], till) or '0') > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], till, ARGV[2], ARGV[1] .. '_code', ARGV[3])
redis.call('HDEL', KEYS[1], ARGV[1] .. '_mark')
if ARGV[5] == '1' then redis.call('ZADD', KEYS[2], 'LT', ARGV[2], ARGV[4]) end
return 1
