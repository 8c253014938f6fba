-- feed-recipients: a part of a broadcast's recipients gets its messages, and the cursor moves behind it, all or nothing.
-- uses: clock, flight, new-message, wish
-- KEYS  1 broadcast, 2 outcomes, 3 open recipients, 4 optouts, 5 templates, 6-19 flight; then for each recipient: record, chain
-- ARGV  1 cursor that the caller saw, 2 the new one, 3 number, 4 throughput, 5 template's name, 6 its category as it was pulled, 7 how often
--       somebody had been erased when the caller read the rows;
--       then for each recipient: index, mid, cid, contact ids (hashed, space between; '' for one that was erased), data, body, facts
-- returns { 0 } when another runner was faster, the broadcast does not run or somebody was erased meanwhile; else { 1, admitted entries... }
-- invariant: a recipient has a message from here exactly when his byte says so; who has one is passed over, however late somebody feeds.
local seen = redis.call('HMGET', KEYS[1], 'state', 'fed', 'erased', 'reached')
if seen[1] ~= 'running' or seen[2] ~= ARGV[1] or (seen[3] or '0') ~= ARGV[7] then return { 0 } end
local flight, now = flight_at(6), now_ms()
local category = redis.call('HGET', KEYS[5], 'category/' .. ARGV[5]) or ARGV[6]
local is_marketing = category ~= 'UTILITY' and category ~= 'AUTHENTICATION'

local function wants_none(who)
  local ids = {}
  for id in string.gmatch(who, '%S+') do ids[#ids + 1] = id end
  local scope, why = opted_out(KEYS[4], ids, now)
  return why == 'opted_out' and (scope == 'all' or is_marketing)
end

local function add(key, arg)
  local before = redis.call('HMGET', KEYS[key], 'state', 'attempt')
  if before[1] and before[1] ~= 'withdrawn' then return end
  -- Not where there is nothing: a full Redis has to refuse what is new.
  if before[1] then redis.call('DEL', KEYS[key]) end
  add_message(KEYS[key], KEYS[key + 1], flight, {
    mid = ARGV[arg + 1],
    cid = ARGV[arg + 2],
    class = 'broadcast',
    number = ARGV[3],
    data = ARGV[arg + 4],
    body = ARGV[arg + 5],
    facts = ARGV[arg + 6],
  }, now)
  if before[1] then redis.call('HSET', KEYS[key], 'attempt', before[2]) end
end

local key = 20
for arg = 8, #ARGV, 7 do
  local index = ARGV[arg]
  local byte = redis.call('GETRANGE', KEYS[2], index, index)
  if byte == '\0' or byte == '' then
    local letter = 'q'
    if ARGV[arg + 3] == '' then
      letter = 'e'
    elseif wants_none(ARGV[arg + 3]) then
      letter = 'o'
    else
      add(key, arg)
      redis.call('ZADD', KEYS[3], index, index .. ':' .. ARGV[arg + 2])
    end
    redis.call('SETRANGE', KEYS[2], index, letter)
  end
  key = key + 2
end
redis.call('HSET', KEYS[1], 'fed', ARGV[2], 'reached', math.max(tonumber(ARGV[2]), tonumber(seen[4] or '0')))
return { 1, unpack(admit(flight, read_number(flight, ARGV[3], ARGV[4], nil), now)) }
