-- settle-recipients: what has become of recipients' messages, from their records into the bytes that outlive these.
-- KEYS  1 broadcast, 2 outcomes, 3 open recipients; then the record of each
-- ARGV  1 the letters of states and reasons, `name=letter` with spaces between and around; then for each: how the open ones name it
--       (index:cid)
-- returns a text with the letter of each
-- invariant: record and byte are looked at in one moment, so nothing old is written over anything new.
if redis.call('HEXISTS', KEYS[1], 'mark') == 0 then return '' end
local function letter_of(name) return string.match(ARGV[1], ' ' .. name .. '=(.) ') end
local RANKS = { 'sent', 'sent', 'delivered', 'read', 'read' }
local OPEN = { queued = true, attempting = true, unknown = true }

local said = {}
for i = 2, #ARGV do
  local index = string.match(ARGV[i], '^%d+')
  local record = redis.call('HMGET', KEYS[i + 2], 'state', 'rank', 'reason')
  local state = record[1]
  local before = redis.call('GETRANGE', KEYS[2], index, index)
  local letter = before
  if OPEN[state] then
    letter = 'q'
  elseif state == 'sent' then
    letter = letter_of(RANKS[tonumber(record[2] or '0') + 1])
  elseif state == 'dead' then
    letter = letter_of(record[3] or '') or letter_of('dead')
  elseif state == 'dropped' or state == 'skipped' then
    letter = letter_of('dead')
  elseif before == 'q' and (not state or state == 'withdrawn') then
    letter = letter_of('gone')
  end
  if letter ~= before then redis.call('SETRANGE', KEYS[2], index, letter) end
  if letter ~= 'q' then redis.call('ZREM', KEYS[3], ARGV[i]) end
  said[#said + 1] = letter == '\0' and '.' or letter
end
return table.concat(said)
