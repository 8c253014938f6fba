-- accept: takes events into their conversations' inboxes, each once.
-- uses: clock, limits, wish
-- KEYS  1 ready, 2 optouts; then the throughput of each number; then for each event: dedupe bucket (for one that is not from a contact
--       also those of the days around), inbox, and its aliases (1 or 2)
-- ARGV  1 oldest `at` in seconds before now that is taken; 2 newest seconds after now; 3 keep of an alias in s; 4 how many numbers;
--       then for each event: which number (from 1; 0: not from a contact), number of aliases, evt (short form), cid, at (Unix s),
--       bucket's end (Unix s), evt (hex) .. event JSON, wish ('', in or out), contact ids (hashed, space between)
-- returns for each event: 'new', 'dup', 'old', or the cid that its alias belongs to ('moved': ask again with it)
-- invariant: a conversation is in `ready` exactly when its inbox is not empty; an evt enters an inbox once. What is not from a contact
--            takes no throughput; its time may be that of the call, so a repetition may fall on another day.
local now = now_ms()
local oldest, newest = now / 1000 - tonumber(ARGV[1]), now / 1000 + tonumber(ARGV[2])
local numbers = tonumber(ARGV[4])
local results = {}
local key, arg = 3 + numbers, 5
while arg <= #ARGV do
  local number, aliases, evt, cid, at, bucket_end, item = tonumber(ARGV[arg]), tonumber(ARGV[arg + 1]), ARGV[arg + 2],
    ARGV[arg + 3], tonumber(ARGV[arg + 4]), ARGV[arg + 5], ARGV[arg + 6]
  local bucket, before, after = KEYS[key], KEYS[key + 1], KEYS[key + 2]
  if number == 0 then key = key + 2 end
  local inbox, owner = KEYS[key + 1], false
  for i = 1, aliases do
    owner = owner or redis.call('GET', KEYS[key + 1 + i])
  end
  local result
  if at < oldest or at > newest then
    result = 'old'
  elseif owner and owner ~= cid then
    result = owner
  elseif number == 0 and redis.call('HEXISTS', before, evt) + redis.call('HEXISTS', after, evt) > 0 then
    result = 'dup'
  elseif redis.call('HSETNX', bucket, evt, '') == 0 then
    result = 'dup'
  else
    if redis.call('HLEN', bucket) == 1 then redis.call('EXPIREAT', bucket, bucket_end) end
    for i = 1, aliases do
      redis.call('SET', KEYS[key + 1 + i], cid, 'EX', ARGV[3])
    end
    -- Known before any flow runs, so that what is queued already stops at once.
    if ARGV[arg + 7] ~= '' then
      for contact in string.gmatch(ARGV[arg + 8], '%S+') do
        set_wish(KEYS[2], contact, ARGV[arg + 7], 'all', at, 'keyword')
      end
    end
    if redis.call('RPUSH', inbox, item) == 1 then redis.call('XADD', KEYS[1], '*', 'c', cid) end
    if number > 0 then throughput_take(KEYS[2 + number], evt, now) end
    result = 'new'
  end
  results[#results + 1] = result
  key, arg = key + 2 + aliases, arg + 9
end
for number = 1, numbers do
  throughput_trim(KEYS[2 + number], now)
end
return results
