-- commit: the result of one turn, all or nothing.
-- uses: clock, flight, moved, new-message, trace, wish
-- KEYS  1 ready, 2 inbox, 3 conversation, 4 optouts, 5-18 flight, 19-21 chains (reply, notification, broadcast), 22 timers,
--       23 emitted, 24 trace, 25 contacts of the team, 26 dedupe bucket; then the index of each tag that comes, of each that goes,
--       and the record of each message
-- ARGV  1 group, 2 entry id, 3 evt, 4 version that the turn saw, 5 session, 6 contact, 7 last message time, 8 cid, 9 number,
--       10 throughput, 11 keep s, 12 contact ids (hashed, space between), 13 when the timer is due (Unix ms), 14 its evt (hex) .. event
--       JSON or '', 15 how many tags come, 16 how many go, 17 how many emitted events, 18 about how many of them are kept, 19 how many
--       wishes, 20 line of the trace or '', 21 evt (short form) to be found by later, or '', 22 cid (short form), 23 bucket's end (Unix s);
--       for each emitted event: id, tenant, team, type, at (Unix s), payload; for each wish: change, scope,
--       at (Unix s), id of the event that tells it when it changes something, or '', tenant, team, its payload;
--       then for each message: mid, class, data, body, facts
-- returns { 'ok', next item or '', ended ids as JSON or '', admitted entries... }, { 'done' } when this very turn is already committed,
--         or { 'stale' }: somebody else owns the conversation now
-- invariant: pops the event first, so that a full Redis can drain; the version moves by one for each event. A conversation has one timer
--            or none, and a timer that fired is not set again: it is the turn's that finds it in the inbox.

-- Contacts that have been silent for longer than a conversation is kept leave the index, a few with each that comes.
local function know_contact(contacts, member, now, keep)
  local is_new = redis.call('ZADD', contacts, math.floor(now / 1000), member) == 1
  redis.call('EXPIRE', contacts, keep)
  if not is_new then return end
  local idle = redis.call('ZRANGEBYSCORE', contacts, '-inf', math.floor(now / 1000) - keep, 'LIMIT', 0, 10)
  if #idle > 0 then redis.call('ZREM', contacts, unpack(idle)) end
end

local head = redis.call('LINDEX', KEYS[2], 0)
local seen = redis.call('HMGET', KEYS[3], 'version', 'done', 'timer', 'fired', 'journal_evt', 'moved')
local has_moved = (seen[1] or '0') ~= ARGV[4]
if has_moved and seen[2] == ARGV[3] then return { 'done' } end
if has_moved or not head or string.sub(head, 1, 32) ~= ARGV[3] then return { 'stale' } end

redis.call('LPOP', KEYS[2])
local following = redis.call('LINDEX', KEYS[2], 0)
if not following then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
  redis.call('XDEL', KEYS[1], ARGV[2])
end
redis.call('HSET', KEYS[3], 'version', tonumber(ARGV[4]) + 1, 'done', ARGV[3], 'session', ARGV[5], 'contact', ARGV[6],
  'last', ARGV[7], 'who', ARGV[12])
redis.call('EXPIRE', KEYS[3], ARGV[11])

if ARGV[14] ~= '' and string.sub(ARGV[14], 1, 32) ~= seen[4] then
  redis.call('HSET', KEYS[3], 'timer', ARGV[14])
  redis.call('ZADD', KEYS[22], ARGV[13], ARGV[8])
elseif seen[3] then
  redis.call('HDEL', KEYS[3], 'timer')
  redis.call('ZREM', KEYS[22], ARGV[8])
end
if seen[5] then redis.call('HDEL', KEYS[3], 'journal_evt', 'journal') end

if ARGV[20] ~= '' then
  local now = now_ms()
  add_trace(KEYS[24], ARGV[20], now)
  know_contact(KEYS[25], ARGV[8] .. ARGV[9], now, ARGV[11])
end
-- What did not come through `accept`.
if ARGV[21] ~= '' and redis.call('HSETNX', KEYS[26], ARGV[21], ARGV[22]) == 1 and redis.call('HLEN', KEYS[26]) == 1 then
  redis.call('EXPIREAT', KEYS[26], ARGV[23])
end

local key, arg = 27, 24
for _ = 1, tonumber(ARGV[15]) do
  redis.call('ZADD', KEYS[key], 0, ARGV[8] .. ARGV[9])
  key = key + 1
end
for _ = 1, tonumber(ARGV[16]) do
  redis.call('ZREM', KEYS[key], ARGV[8] .. ARGV[9])
  key = key + 1
end
for _ = 1, tonumber(ARGV[17]) do
  redis.call('XADD', KEYS[23], 'MAXLEN', '~', ARGV[18], '*', 'id', ARGV[arg], 'tenant', ARGV[arg + 1], 'team', ARGV[arg + 2],
    'number', ARGV[9], 'cid', ARGV[8], 'type', ARGV[arg + 3], 'at', ARGV[arg + 4], 'payload', ARGV[arg + 5])
  arg = arg + 6
end
local who = {}
for contact in string.gmatch(ARGV[12], '%S+') do who[#who + 1] = contact end
-- The contact may have changed its ids while the turn ran.
who = heirs_of(seen[6], who)
for _ = 1, tonumber(ARGV[19]) do
  local is_other = change_wish(KEYS[4], who, ARGV[arg], ARGV[arg + 1], ARGV[arg + 2], 'flow', now_ms())
  if is_other and ARGV[arg + 3] ~= '' then
    redis.call('XADD', KEYS[23], 'MAXLEN', '~', ARGV[18], '*', 'id', ARGV[arg + 3], 'tenant', ARGV[arg + 4], 'team', ARGV[arg + 5],
      'number', ARGV[9], 'cid', ARGV[8], 'type', 'contact.opted_' .. ARGV[arg], 'at', ARGV[arg + 2], 'payload', ARGV[arg + 6])
  end
  redis.call('HSET', KEYS[3], 'wish', ARGV[arg] == 'out' and ARGV[arg + 1] or '')
  arg = arg + 7
end
if arg > #ARGV then return { 'ok', following or '', seen[6] or '' } end

local now = now_ms()
local flight = flight_at(5)
local chains = { reply = KEYS[19], notification = KEYS[20], broadcast = KEYS[21] }
while arg <= #ARGV do
  local class = ARGV[arg + 1]
  add_message(KEYS[key], chains[class], flight, {
    mid = ARGV[arg],
    cid = ARGV[8],
    class = class,
    number = ARGV[9],
    data = ARGV[arg + 2],
    body = ARGV[arg + 3],
    facts = ARGV[arg + 4],
  }, now)
  key, arg = key + 1, arg + 5
end
return { 'ok', following or '', seen[6] or '', unpack(admit(flight, read_number(flight, ARGV[9], ARGV[10], nil), now)) }
