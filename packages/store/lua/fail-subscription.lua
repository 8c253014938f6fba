-- fail-subscription: a subscriber did not take the event behind its cursor.
-- uses: clock
-- KEYS  1 subscription
-- ARGV  1 owner, 2 cursor, 3 entry of the event, 4 '1' when the subscriber wants no more, 5 give up after ms, 6 ms to wait after each try
--       (space between; the last one stands for all others)
-- returns { 'waits', tries, ms to wait }, { 'skipped', tries }: it was tried for too long and is passed over, { 'ended' }, or { 'lost' }
--         when somebody else has the subscription
-- invariant: the last try of an event is made when its time is over, not before. Only a skip keeps the subscription with its owner.
local seen = redis.call('HMGET', KEYS[1], 'cursor', 'owner', 'since')
if seen[1] ~= ARGV[2] or seen[2] ~= ARGV[1] then return { 'lost' } end
local now = now_ms()
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], 'ended', string.format('%.0f', now))
  redis.call('HDEL', KEYS[1], 'owner', 'lease')
  return { 'ended' }
end
local since = tonumber(seen[3]) or now
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
local give_up = since + tonumber(ARGV[5])
if now >= give_up then
  redis.call('HSET', KEYS[1], 'cursor', ARGV[3])
  redis.call('HINCRBY', KEYS[1], 'count', 1)
  redis.call('HDEL', KEYS[1], 'tries', 'since', 'next')
  return { 'skipped', tries }
end
local wait, nth = 0, 0
for ms in string.gmatch(ARGV[6], '%d+') do
  if nth < tries then wait = tonumber(ms) end
  nth = nth + 1
end
local next = math.min(now + wait, give_up)
redis.call('HSET', KEYS[1], 'since', string.format('%.0f', since), 'next', string.format('%.0f', next))
redis.call('HDEL', KEYS[1], 'owner', 'lease')
return { 'waits', tries, next - now }
