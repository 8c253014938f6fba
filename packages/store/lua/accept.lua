-- accept: takes events into their conversations' inboxes, each once.
-- uses: clock, limits, names, wish
-- KEYS  1 ready, 2 optouts; then the throughput of each number; then for each event: dedupe bucket (for one that is not from a contact
--       also those of the days around), inbox, and its aliases (1 or 2)
-- ARGV  1 oldest `at` in seconds before now that is taken; 2 newest seconds after now; 3 keep of an alias in s; 4 how many numbers;
--       then for each event: which number (from 1; 0: not from a contact), number of aliases, evt (short form), cid, at (Unix s),
--       bucket's end (Unix s), evt (hex) .. event JSON, wish ('', in or out), contact ids (hashed, space between),
--       '1' when the cid is new, cid (short form)
-- returns for each event: 'new', 'dup', 'old', or to be asked again: the cid that its aliases lead to; 'mint': to none, so it needs a
--         new cid; 'settle': to two, or a second name is heard for the first time; 'again': it comes after one of these
-- invariant: a conversation is in `ready` exactly when its inbox is not empty; an evt enters an inbox once, never that of who had the
--            name before, and none before an older one of the same alias. What is not from a contact takes no throughput and
--            joins no conversations; its time may be that of the call, so a repetition may fall on another day.
local now = now_ms()
local oldest, newest = now / 1000 - tonumber(ARGV[1]), now / 1000 + tonumber(ARGV[2])
local numbers = tonumber(ARGV[4])
local results = {}
local key, arg = 3 + numbers, 5
local held = {}
while arg <= #ARGV do
  local number, aliases, evt, cid, at, bucket_end, item = tonumber(ARGV[arg]), tonumber(ARGV[arg + 1]), ARGV[arg + 2],
    ARGV[arg + 3], tonumber(ARGV[arg + 4]), ARGV[arg + 5], ARGV[arg + 6]
  local bucket, before, after = KEYS[key], KEYS[key + 1], KEYS[key + 2]
  if number == 0 then key = key + 2 end
  local inbox, names = KEYS[key + 1], {}
  local owner, born, is_behind, is_split = nil, at, false, false
  for i = 1, aliases do
    local name = read_name(KEYS[key + 1 + i], at, number == 0)
    names[i] = name
    is_behind = is_behind or held[name.key]
    is_split = is_split or (number > 0 and i > 1 and (name.owner or owner) and not name.period.ended and name.owner ~= owner)
    if name.owner and not owner then owner, born = name.owner, name.period.born end
  end
  local result
  if at < oldest or at > newest then
    result = 'old'
  elseif is_behind then
    result = 'again'
  elseif is_split then
    result = 'settle'
  elseif owner and owner ~= cid then
    result = owner
  elseif not owner and aliases > 0 and ARGV[arg + 9] ~= '1' then
    result = 'mint'
  elseif number == 0 and redis.call('HEXISTS', before, evt) + redis.call('HEXISTS', after, evt) > 0 then
    result = 'dup'
  elseif redis.call('HSETNX', bucket, evt, ARGV[arg + 10]) == 0 then
    result = 'dup'
  else
    if redis.call('HLEN', bucket) == 1 then redis.call('EXPIREAT', bucket, bucket_end) end
    for i = 1, aliases do
      if number > 0 or not names[i].owner or names[i].owner == cid then keep_name(names[i], cid, born, at, ARGV[3]) end
    end
    -- Known before any flow runs, so that what is queued already stops at once.
    if ARGV[arg + 7] ~= '' then
      local contacts = {}
      for contact in string.gmatch(ARGV[arg + 8], '%S+') do contacts[#contacts + 1] = contact end
      -- Its turn tells subscribers, with what it decides.
      if change_wish(KEYS[2], contacts, ARGV[arg + 7], 'all', at, 'keyword', now) then
        item = string.sub(item, 1, -2) .. ',"changesWish":true}'
      end
    end
    if redis.call('RPUSH', inbox, item) == 1 then redis.call('XADD', KEYS[1], '*', 'c', cid) end
    if number > 0 then throughput_take(KEYS[2 + number], evt, now) end
    result = 'new'
  end
  if result ~= 'new' and result ~= 'dup' and result ~= 'old' then
    for i = 1, aliases do held[names[i].key] = true end
  end
  results[#results + 1] = result
  key, arg = key + 2 + aliases, arg + 11
end
for number = 1, numbers do
  throughput_trim(KEYS[2 + number], now)
end
return results
