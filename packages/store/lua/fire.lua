-- fire: moves due timers into the inboxes of their conversations, and names those that are due next.
-- uses: clock
-- KEYS  1 timers, 2 ready; then for each timer: inbox, conversation
-- ARGV  1 how many to name, 2 ms that a timer may be late and still be of the time it was due, 3.. cids
-- returns { how many fired, ms that the oldest of them was late, cids that are due now... }
-- invariant: a timer leaves `timers` and the conversation in the step that brings it into the inbox, so it fires once, whoever asks.
local now = now_ms()
local fired, oldest = 0, 0

local function take(timers, ready, inbox, conversation, cid)
  local due = tonumber(redis.call('ZSCORE', timers, cid) or '-1')
  if due < 0 or due > now then return end
  redis.call('ZREM', timers, cid)
  local item = redis.call('HGET', conversation, 'timer')
  -- The conversation was forgotten.
  if not item then return end
  redis.call('HSET', conversation, 'fired', string.sub(item, 1, 32))
  redis.call('HDEL', conversation, 'timer')
  if now - due > tonumber(ARGV[2]) then
    item = string.gsub(item, '"at":%d+', string.format('"at":%.0f', math.floor(now / 1000)), 1)
  end
  if redis.call('RPUSH', inbox, item) == 1 then redis.call('XADD', ready, '*', 'c', cid) end
  fired, oldest = fired + 1, math.max(oldest, now - due)
end

for arg = 3, #ARGV do
  take(KEYS[1], KEYS[2], KEYS[2 * arg - 3], KEYS[2 * arg - 2], ARGV[arg])
end
return { fired, oldest, unpack(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) }
