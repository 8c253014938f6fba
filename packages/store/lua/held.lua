-- held: renews or drops a string, only while it is still what the caller put there.
-- KEYS  1 string
-- ARGV  1 what it holds, 2 ms that it stays from now, 0 to drop it
-- returns 1 when it was, 0 when it holds something else or is gone
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then return redis.call('DEL', KEYS[1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
