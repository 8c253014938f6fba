-- move-contact: a contact's names lead where they should, and its conversations know which of their ids have ended.
-- uses: wish
-- KEYS  1 optouts; then aliases; then conversations
-- ARGV  1 how many aliases, 2 how many conversations, 3 keep in s, 4 until when the ids were the contact's (Unix s), 5 its ids then, 6 those
--       that it goes on with, 7 those of 5 that another may get (each hashed, space between); then for each alias: value that the caller
--       saw, new value; for each conversation: contact and ended ids that the caller saw, the new ones (JSON or ''), its ids (hashed, space between)
-- returns 1, or 0 when something is not as the caller saw it, and nothing was changed
-- invariant: all or nothing, so twice is once. A wish made under an id before it ended goes with the contact, also one that is heard
--            later; whoever gets the id next has made none.
local aliases, conversations = tonumber(ARGV[1]), tonumber(ARGV[2])
for i = 1, aliases do
  if (redis.call('GET', KEYS[1 + i]) or '') ~= ARGV[6 + 2 * i] then return 0 end
end
local first = 8 + 2 * aliases
for i = 1, conversations do
  local arg = first + 5 * (i - 1)
  local seen = redis.call('HMGET', KEYS[1 + aliases + i], 'contact', 'moved', 'into')
  if seen[3] or (seen[1] or '') ~= ARGV[arg] or (seen[2] or '') ~= ARGV[arg + 1] then return 0 end
end

for i = 1, aliases do
  redis.call('SET', KEYS[1 + i], ARGV[7 + 2 * i], 'EX', ARGV[3])
end
for i = 1, conversations do
  local key, arg = KEYS[1 + aliases + i], first + 5 * (i - 1)
  redis.call('HSET', key, 'contact', ARGV[arg + 2], 'who', ARGV[arg + 4])
  if ARGV[arg + 3] ~= '' then redis.call('HSET', key, 'moved', ARGV[arg + 3]) end
  redis.call('EXPIRE', key, ARGV[3])
end

local ended = tonumber(ARGV[4])
local function is_known(id)
  local known = string.match(redis.call('HGET', KEYS[1], 'to:' .. id) or '', '^(%d+):')
  return known and tonumber(known) >= ended
end
for id in string.gmatch(ARGV[5], '%S+') do
  if not is_known(id) then
    for heir in string.gmatch(ARGV[6], '%S+') do
      if heir ~= id then copy_wishes(KEYS[1], id, heir, ended) end
    end
  end
end
for id in string.gmatch(ARGV[7], '%S+') do
  if not is_known(id) then
    local seen = redis.call('HMGET', KEYS[1], id, 'm:' .. id)
    for i, field in ipairs({ id, 'm:' .. id }) do
      local at = string.match(seen[i] or '', ':(%-?%d+):')
      if at and tonumber(at) <= ended then redis.call('HDEL', KEYS[1], field) end
    end
    redis.call('HDEL', KEYS[1], 'hold:' .. id)
    redis.call('HSET', KEYS[1], 'to:' .. id, ARGV[4] .. ':' .. ARGV[6])
  end
end
return 1
