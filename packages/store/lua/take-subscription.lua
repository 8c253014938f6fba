-- take-subscription: the right to tell a subscriber what comes next, and the events that do.
-- uses: clock, full
-- KEYS  1 subscription, 2 emitted
-- ARGV  1 owner, 2 lease ms, 3 keep s, 4 how many events at most, 5 '1' when the bundle has just been read: what was ended or put off
--       begins again
-- returns { 'taken', cursor, events that fell out of the stream before anybody came to them, tries of the first event so far, entries
--         behind the cursor that have been told already (space between), { entry, fields }... }, { 'idle' }: nothing is left, { 'waits' }:
--         it was put off, { 'held' }: somebody else has it, or { 'ended' }
-- invariant: one owner at a time. A subscriber that nobody knew begins at the end of the stream. `count` is the place of the cursor among
--            all entries that the stream ever had, so what fell out is counted once. Redis before 7.0 does not say how many it had, and
--            nothing is counted then.
go_on_when_full(KEYS[1])
local now = now_ms()
if ARGV[5] == '1' then redis.call('HDEL', KEYS[1], 'ended', 'next') end
local added, length, last = 0, 0, '0-0'
if redis.call('EXISTS', KEYS[2]) == 1 then
  local info = redis.call('XINFO', 'STREAM', KEYS[2])
  for index = 1, #info, 2 do
    if info[index] == 'entries-added' then added = info[index + 1] end
    if info[index] == 'length' then length = info[index + 1] end
    if info[index] == 'last-generated-id' then last = info[index + 1] end
  end
end
if redis.call('HSETNX', KEYS[1], 'cursor', last) == 1 then redis.call('HSET', KEYS[1], 'count', added) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
local seen = redis.call('HMGET', KEYS[1], 'cursor', 'count', 'owner', 'lease', 'next', 'ended', 'tries', 'done')
if seen[6] then return { 'ended' } end
if seen[3] and seen[3] ~= ARGV[1] and tonumber(seen[4]) > now then return { 'held' } end
if seen[5] and tonumber(seen[5]) > now then return { 'waits' } end

local entries = redis.call('XRANGE', KEYS[2], '(' .. seen[1], '+', 'COUNT', ARGV[4])
if not entries[1] then
  redis.call('HDEL', KEYS[1], 'owner', 'lease')
  return { 'idle' }
end
local missed = 0
if not redis.call('XRANGE', KEYS[2], '-', seen[1], 'COUNT', 1)[1] then
  missed = added - length - tonumber(seen[2])
  if missed > 0 then
    -- Up to just before the first one that is left, which is where the cursor goes on.
    redis.call('HSET', KEYS[1], 'count', added - length)
    redis.call('HDEL', KEYS[1], 'tries', 'since')
    seen[7] = false
  end
end
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'lease', string.format('%.0f', now + tonumber(ARGV[2])))
return { 'taken', seen[1], math.max(0, missed), tonumber(seen[7] or '0'), seen[8] or '', unpack(entries) }
