-- fail-subscription: a subscriber did not take the event behind its cursor.
-- uses: clock, full
-- KEYS  1 subscription, 2 emitted, 3 undelivered, 4 undelivered events
-- ARGV  1 owner, 2 cursor, 3 entry of the event, 4 '1' when the subscriber wants no more, 5 give up after ms, 6 ms to wait after each try
--       (space between; the last one stands for all others), 7 what came back: a status or a reason, 8 entries behind the cursor that have
--       been told already (space between), 9 the subscriber, 10 keep at most, 11 keep for ms
-- returns { 'waits', tries, ms to wait }, { 'skipped', tries }: it was tried for too long and is kept as undelivered, { 'ended' }, or
--         { 'lost' } when somebody else has the subscription
-- invariant: the last try of an event is made when its time is over, not before. Only a skip keeps the subscription with its owner. What
--            is passed over is kept in the same step.
local seen = redis.call('HMGET', KEYS[1], 'cursor', 'owner', 'since', 'failing')
if seen[1] ~= ARGV[2] or seen[2] ~= ARGV[1] then return { 'lost' } end
go_on_when_full(KEYS[1])
local now = now_ms()
local function written(ms) return string.format('%.0f', ms) end

local function keep(entry, tries, since)
  local fields = entry and entry[2]
  if not fields then return end
  local id = ''
  for index = 1, #fields, 2 do
    if fields[index] == 'id' then id = fields[index + 1] end
  end
  local member = string.sub(redis.sha1hex(KEYS[1] .. ':' .. id), 1, 32)
  redis.call('HSET', KEYS[4], member,
    cjson.encode({ subscriber = ARGV[9], tries = tries, since = since, at = now, answer = ARGV[7], fields = fields }))
  redis.call('ZADD', KEYS[3], written(now), member)
  redis.call('PEXPIRE', KEYS[3], ARGV[11])
  redis.call('PEXPIRE', KEYS[4], ARGV[11])
  local gone = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', written(now - tonumber(ARGV[11])), 'LIMIT', 0, 100)
  if #gone == 0 and redis.call('ZCARD', KEYS[3]) > tonumber(ARGV[10]) then gone = redis.call('ZRANGE', KEYS[3], 0, 0) end
  if #gone == 0 then return end
  redis.call('HDEL', KEYS[4], unpack(gone))
  redis.call('ZREM', KEYS[3], unpack(gone))
end

redis.call('HSET', KEYS[1], 'answer', ARGV[7], 'failed', written(now))
if ARGV[8] ~= '' then redis.call('HSET', KEYS[1], 'done', ARGV[8]) else redis.call('HDEL', KEYS[1], 'done') end
if ARGV[4] == '1' then
  redis.call('HSET', KEYS[1], 'ended', written(now))
  redis.call('HDEL', KEYS[1], 'owner', 'lease')
  return { 'ended' }
end
-- The one that failed before may have been erased.
if seen[4] ~= ARGV[3] then redis.call('HDEL', KEYS[1], 'tries') end
local since = seen[4] == ARGV[3] and tonumber(seen[3]) or now
local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
local give_up = since + tonumber(ARGV[5])
if now >= give_up then
  keep(redis.call('XRANGE', KEYS[2], ARGV[3], ARGV[3])[1], tries, since)
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
redis.call('HSET', KEYS[1], 'since', written(since), 'next', written(next), 'failing', ARGV[3])
redis.call('HDEL', KEYS[1], 'owner', 'lease')
return { 'waits', tries, next - now }
