-- commit: the result of one turn, all or nothing.
-- uses: clock, flight, new-message, wish
-- KEYS  1 ready, 2 inbox, 3 conversation, 4 optouts, 5-18 flight, 19-21 chains (reply, notification, broadcast), 22.. message records
-- ARGV  1 group, 2 entry id, 3 evt, 4 version that the turn saw, 5 session, 6 contact, 7 last message time, 8 cid, 9 number,
--       10 throughput, 11 keep s, 12 contact ids (hashed, space between), 13 how many wishes; for each wish: change, scope, at (Unix s);
--       then for each message: mid, class, data, body, facts
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
redis.call('EXPIRE', KEYS[3], ARGV[11])

local arg = 14
for _ = 1, tonumber(ARGV[13]) do
  for contact in string.gmatch(ARGV[12], '%S+') do
    set_wish(KEYS[4], contact, ARGV[arg], ARGV[arg + 1], ARGV[arg + 2], 'flow')
  end
  redis.call('HSET', KEYS[3], 'wish', ARGV[arg] == 'out' and ARGV[arg + 1] or '')
  arg = arg + 3
end
if arg > #ARGV then return { 'ok', following or '' } end

local now = now_ms()
local flight = flight_at(5)
local chains = { reply = KEYS[19], notification = KEYS[20], broadcast = KEYS[21] }
local record = 22
while arg <= #ARGV do
  local class = ARGV[arg + 1]
  add_message(KEYS[record], chains[class], flight, {
    mid = ARGV[arg],
    cid = ARGV[8],
    class = class,
    number = ARGV[9],
    data = ARGV[arg + 2],
    body = ARGV[arg + 3],
    facts = ARGV[arg + 4],
  }, now)
  record, arg = record + 1, arg + 5
end
return { 'ok', following or '', unpack(admit(flight, read_number(flight, ARGV[9], ARGV[10], nil), now)) }
