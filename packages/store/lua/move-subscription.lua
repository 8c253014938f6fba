-- move-subscription: a subscriber has been told, or did not want to hear, what is up to an entry.
-- uses: clock, full
-- KEYS  1 subscription
-- ARGV  1 owner, 2 cursor that the owner saw, 3 the new one or the same, 4 how many entries are between, 5 lease ms; 0 gives the
--       subscription up, 6 entries behind the new cursor that have been told already (space between)
-- returns 1, or 0 when somebody else has it or has moved it
-- invariant: the cursor moves on from where its owner saw it, and nobody else moves it meanwhile. Nothing before it is left to be told.
local seen = redis.call('HMGET', KEYS[1], 'cursor', 'owner')
if seen[1] ~= ARGV[2] or seen[2] ~= ARGV[1] then return 0 end
go_on_when_full(KEYS[1])
if ARGV[3] ~= ARGV[2] then
  redis.call('HSET', KEYS[1], 'cursor', ARGV[3])
  redis.call('HINCRBY', KEYS[1], 'count', ARGV[4])
  redis.call('HDEL', KEYS[1], 'tries', 'since', 'next')
end
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'done', ARGV[6]) else redis.call('HDEL', KEYS[1], 'done') end
if tonumber(ARGV[5]) > 0 then
  redis.call('HSET', KEYS[1], 'lease', string.format('%.0f', now_ms() + tonumber(ARGV[5])))
else
  redis.call('HDEL', KEYS[1], 'owner', 'lease')
end
return 1
