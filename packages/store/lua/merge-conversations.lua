-- merge-conversations: two conversations turn out to be one contact's: one goes on as both, the other leads to it.
-- uses: clock, limits, trace, wish
-- KEYS  1 ready, 2 timers, 3 optouts; of the one that stays: 4 inbox, 5 conversation; of the one that goes: 6 inbox, 7 conversation;
--       8 pair of the one that stays, 9 of the one that goes; then aliases; then the index of each tag of the one that goes;
--       last the traces of the one that stays and of the one that goes, and the contacts of the team
-- ARGV  1 group, 2 cid that stays, 3 cid that goes, 4 number, 5 entry of the one that goes in `ready` or '', 6 keep in s, 7 ids of the
--       contact (hashed, space between), 8-9 contact and ended ids of the one that stays as the caller saw them, 10-11 of the one that
--       goes, 12-13 of both together (JSON or ''), 14 '1' when they were made one before,
--       15 version of the one that goes as the caller saw it, 16 how many aliases; then for each: value that the caller saw, new value
-- returns 1, or 0 when something is not as the caller saw it, and nothing was changed
-- invariant: each event of both is in the one inbox, once, and each list's own order is kept; each is in `ready` exactly when its inbox
--            is not empty; a turn of either that runs now is stale. Twice is once, and empties what came to the other since.
local stays, goes, aliases = ARGV[2], ARGV[3], tonumber(ARGV[16])
local kept = redis.call('HMGET', KEYS[5], 'contact', 'moved', 'into', 'last', 'closed', 'journal_evt')
local gone = redis.call('HMGET', KEYS[7], 'contact', 'moved', 'into', 'last', 'closed', 'version')
local is_drain = ARGV[14] == '1'
if kept[3] or (gone[3] and gone[3] ~= stays and not is_drain) or (is_drain and not gone[3]) then return 0 end
if (kept[1] or '') ~= ARGV[8] or (kept[2] or '') ~= ARGV[9] then return 0 end
if (gone[1] or '') ~= ARGV[10] or (gone[2] or '') ~= ARGV[11] then return 0 end
-- Which of the two stays was decided by their sessions.
if not gone[3] and (gone[6] or '0') ~= ARGV[15] then return 0 end
for i = 1, aliases do
  if (redis.call('GET', KEYS[9 + i]) or '') ~= ARGV[15 + 2 * i] then return 0 end
end
local theirs = redis.call('LRANGE', KEYS[6], 0, -1)
if #theirs > 0 then
  local entry = ARGV[5] ~= '' and redis.call('XRANGE', KEYS[1], ARGV[5], ARGV[5])[1]
  if not entry or entry[2][2] ~= goes then return 0 end
end

-- Removes first, so that a full Redis cannot stop it half-way.
redis.call('ZREM', KEYS[2], goes)
for i = 10 + aliases, #KEYS - 3 do
  redis.call('ZREM', KEYS[i], goes .. ARGV[4])
  redis.call('ZADD', KEYS[i], 0, stays .. ARGV[4])
end

join_traces(KEYS[#KEYS - 2], KEYS[#KEYS - 1])
local heard = redis.call('ZSCORE', KEYS[#KEYS], goes .. ARGV[4])
if heard then
  redis.call('ZREM', KEYS[#KEYS], goes .. ARGV[4])
  redis.call('ZADD', KEYS[#KEYS], 'GT', heard, stays .. ARGV[4])
end

local function read(items)
  local events, last = {}, 0
  for i, item in ipairs(items) do
    local ok, event = pcall(cjson.decode, string.sub(item, 33))
    local known = ok and type(event) == 'table' and event or {}
    last = tonumber(known.at) or last
    events[i] = { item = item, at = last, kind = known.kind }
  end
  return events
end

-- Both lists by time, without the timers of the run that goes: an epoch of the other may be the same.
local function join(ours, others)
  local all = {}
  local i, j = 1, 1
  -- Answers that its turn asked for are kept while it is at the head only.
  if ours[1] and string.sub(ours[1].item, 1, 32) == kept[6] then all[1], i = ours[1].item, 2 end
  while ours[i] or others[j] do
    if ours[i] and not (others[j] and others[j].at < ours[i].at) then
      all[#all + 1], i = ours[i].item, i + 1
    else
      if others[j].kind ~= 'timer' then all[#all + 1] = others[j].item end
      j = j + 1
    end
  end
  return all
end

if #theirs > 0 then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[5])
  redis.call('XDEL', KEYS[1], ARGV[5])
  local ours = redis.call('LRANGE', KEYS[4], 0, -1)
  local all = join(read(ours), read(theirs))
  redis.call('DEL', KEYS[4], KEYS[6])
  for _, item in ipairs(all) do redis.call('RPUSH', KEYS[4], item) end
  if #ours == 0 and #all > 0 then redis.call('XADD', KEYS[1], '*', 'c', stays) end
end

for i = 1, aliases do
  redis.call('SET', KEYS[9 + i], ARGV[16 + 2 * i], 'EX', ARGV[6])
end
redis.call('HSET', KEYS[7], 'into', stays)
redis.call('EXPIRE', KEYS[7], ARGV[6])
if gone[3] then return 1 end

local ids = {}
for id in string.gmatch(ARGV[7], '%S+') do ids[#ids + 1] = id end
for _, from in ipairs(ids) do
  for _, to in ipairs(ids) do
    if from ~= to then copy_wishes(KEYS[3], from, to) end
  end
end
local now = now_ms()
local scope, why = opted_out(KEYS[3], ids, now)
pair_join(KEYS[8], KEYS[9], now)
local function later(field, one, other)
  if other then redis.call('HSET', KEYS[5], field, math.max(tonumber(one or '-1'), tonumber(other))) end
end
later('last', kept[4], gone[4])
later('closed', kept[5], gone[5])
redis.call('HINCRBY', KEYS[5], 'version', 1)
redis.call('HSET', KEYS[5], 'contact', ARGV[12], 'who', ARGV[7], 'wish', why == 'opted_out' and scope or '')
if ARGV[13] ~= '' then redis.call('HSET', KEYS[5], 'moved', ARGV[13]) end
redis.call('EXPIRE', KEYS[5], ARGV[6])
for _, field in ipairs(redis.call('HKEYS', KEYS[7])) do
  if field ~= 'into' then redis.call('HDEL', KEYS[7], field) end
end
return 1
