-- commit: the result of one turn, all or nothing.
-- uses: clock, admit
-- KEYS  1 ready, 2 inbox, 3 conversation, 4 outbox, 5-9 flight (admitted, attempting, three lanes),
--       10-12 chains (reply, notification, broadcast), 13.. message records
-- ARGV  1 group, 2 entry id, 3 evt, 4 version that the turn saw, 5 session, 6 contact, 7 last message time,
--       8 cid, 9 ahead, 10 flying, 11 number, 12 keep s, then for each message: mid, class, record JSON
-- returns { 'ok', next item or '', admitted entries... }, { 'done' } when this very turn is already committed,
--         or { 'stale' }: somebody else owns the conversation now
-- invariant: pops the event first, so that a full Redis can drain; the version moves by one for each event.
local head = redis.call('LINDEX', KEYS[2], 0)
local seen = redis.call('HMGET', KEYS[3], 'version', 'done')
if seen[2] == ARGV[3] then return { 'done' } end
if not head or string.sub(head, 1, 32) ~= ARGV[3] or (seen[1] or '0') ~= ARGV[4] then return { 'stale' } end

redis.call('LPOP', KEYS[2])
local following = redis.call('LINDEX', KEYS[2], 0)
if not following then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
  redis.call('XDEL', KEYS[1], ARGV[2])
end
redis.call('HSET', KEYS[3], 'version', tonumber(ARGV[4]) + 1, 'done', ARGV[3], 'session', ARGV[5], 'contact', ARGV[6],
  'last', ARGV[7])
redis.call('EXPIRE', KEYS[3], ARGV[12])

local now = now_ms()
local flight = flight_at(5)
local chains = { reply = KEYS[10], notification = KEYS[11], broadcast = KEYS[12] }
local record = 13
for arg = 13, #ARGV, 3 do
  local mid, class = ARGV[arg], ARGV[arg + 1]
  local entry = mid .. ARGV[8]
  redis.call('HSET', KEYS[record], 'state', 'queued', 'attempt', 0, 'created', now, 'number', ARGV[11],
    'data', ARGV[arg + 2])
  if redis.call('RPUSH', chains[class], entry) == 1 then redis.call('RPUSH', flight[class], entry) end
  redis.call('ZADD', KEYS[4], '+inf', mid)
  record = record + 1
end
local admitted = {}
if #ARGV > 12 then
  admitted = admit(flight, { ahead = tonumber(ARGV[9]), flying = tonumber(ARGV[10]) }, KEYS[4], now)
end
return { 'ok', following or '', unpack(admitted) }
