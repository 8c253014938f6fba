-- create-broadcast: a draft of a broadcast, once.
-- uses: clock
-- KEYS  1 broadcast, 2 the tenant's broadcasts
-- ARGV  1 how the tenant's list names it, 2 keep s, 3 the most that a tenant may have, 4.. fields and their values
-- returns 'new', 'known', or 'full': the tenant has too many
-- invariant: one that is there is left alone.
if redis.call('EXISTS', KEYS[1]) == 1 then return 'known' end
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[3]) then return 'full' end
redis.call('HSET', KEYS[1], 'state', 'draft', 'total', 0, 'fed', 0, 'created', now_ms(), unpack(ARGV, 4))
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], now_ms(), ARGV[1])
return 'new'
