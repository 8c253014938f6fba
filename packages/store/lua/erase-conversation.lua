-- erase-conversation: a contact is forgotten, and so is a conversation with it: what waits in it, its session, its timer, its names.
-- KEYS  1 ready, 2 timers, 3 inbox, 4 conversation, 5 trace; then aliases
-- ARGV  1 group, 2 cid, 3 its entry in `ready` or ''; then for each alias: value that the caller saw, new value ('' when nobody is left)
-- returns how many events waited, or -1 when something is not as the caller saw it, and nothing was changed
-- invariant: all or nothing. Whoever has the conversation now commits nothing any more: its event has gone. What the contact says next
--            finds no name, so it opens a new conversation. Twice is once.
local cid = ARGV[2]
for i = 6, #KEYS do
  if (redis.call('GET', KEYS[i]) or '') ~= ARGV[2 * i - 8] then return -1 end
end
local waiting = redis.call('LLEN', KEYS[3])
local entry = ARGV[3] ~= '' and redis.call('XRANGE', KEYS[1], ARGV[3], ARGV[3])[1]
if waiting > 0 and not (entry and entry[2][2] == cid) then return -1 end

if entry and entry[2][2] == cid then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
  redis.call('XDEL', KEYS[1], ARGV[3])
end
redis.call('ZREM', KEYS[2], cid)
redis.call('DEL', KEYS[3], KEYS[4], KEYS[5])
for i = 6, #KEYS do
  local left = ARGV[2 * i - 7]
  if left == '' then redis.call('DEL', KEYS[i]) else redis.call('SET', KEYS[i], left, 'KEEPTTL') end
end
return waiting
