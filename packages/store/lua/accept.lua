-- accept: takes events into their conversations' inboxes, each once.
-- KEYS  1 ready; then for each event: dedupe bucket, inbox, and its aliases (1 or 2)
-- ARGV  1 oldest `at` in seconds before now that is taken; 2 newest seconds after now; 3 keep of an alias in s; then for each event:
--       number of aliases, evt (short form), cid, at (Unix s), bucket's end (Unix s), evt (hex) .. event JSON
-- returns for each event: 'new', 'dup', 'old', or the cid that its alias belongs to ('moved': ask again with it)
-- invariant: a conversation is in `ready` exactly when its inbox is not empty; an evt enters an inbox once.
local now = tonumber(redis.call('TIME')[1])
local oldest, newest = now - tonumber(ARGV[1]), now + tonumber(ARGV[2])
local results = {}
local key, arg = 2, 4
while arg <= #ARGV do
  local aliases, evt, cid, at, bucket_end, item =
    tonumber(ARGV[arg]), ARGV[arg + 1], ARGV[arg + 2], tonumber(ARGV[arg + 3]), ARGV[arg + 4], ARGV[arg + 5]
  local bucket, inbox = KEYS[key], KEYS[key + 1]
  local owner = false
  for i = 1, aliases do
    owner = owner or redis.call('GET', KEYS[key + 1 + i])
  end
  local result
  if at < oldest or at > newest then
    result = 'old'
  elseif owner and owner ~= cid then
    result = owner
  elseif redis.call('HSETNX', bucket, evt, '') == 0 then
    result = 'dup'
  else
    if redis.call('HLEN', bucket) == 1 then redis.call('EXPIREAT', bucket, bucket_end) end
    for i = 1, aliases do
      redis.call('SET', KEYS[key + 1 + i], cid, 'EX', ARGV[3])
    end
    if redis.call('RPUSH', inbox, item) == 1 then redis.call('XADD', KEYS[1], '*', 'c', cid) end
    result = 'new'
  end
  results[#results + 1] = result
  key, arg = key + 2 + aliases, arg + 6
end
return results
