-- A tenant's opt-outs: a hash with two fields a contact (by hashed id): the last wish about everything, and under m: the last about
-- marketing, each 'out' or 'in', its time (Unix s) and its source. The later of a kind stays; in one second, out does.
-- Under hold: a hold of marketing (until, Unix ms), under to: until when (Unix s) the id was that contact's, and what it goes by since.
local function note_wish(optouts, field, change, at, source)
  local known, known_at = string.match(redis.call('HGET', optouts, field) or 'in:-1:', '^(%a+):(%-?%d+):')
  at, known_at = tonumber(at), tonumber(known_at)
  if known_at > at or (known_at == at and (known == 'out' or change == 'in')) then return end
  redis.call('HSET', optouts, field, change .. ':' .. at .. ':' .. source)
  return true
end

-- A wish that was made under an id before it ended and is heard later is its former owner's. `since`: when the contact came to this id;
-- one that it came to after its end ends no more, so no circle is walked. Returns whether anything is other than before.
local function set_wish(optouts, contact, change, scope, at, source, since)
  local ended, heirs = string.match(redis.call('HGET', optouts, 'to:' .. contact) or '', '^(%d+):(.*)$')
  ended = tonumber(ended or '-1')
  if ended >= tonumber(at) and ended > (since or -1) then
    local is_new = false
    for heir in string.gmatch(heirs, '%S+') do
      is_new = set_wish(optouts, heir, change, scope, at, source, ended) or is_new
    end
    return is_new
  end
  return note_wish(optouts, scope == 'marketing' and 'm:' .. contact or contact, change, at, source)
end

-- What holds of one id holds of another: the later wish of each kind, the longer hold. Of what is older than `until_s`, if given.
local function copy_wishes(optouts, from, to, until_s)
  local seen = redis.call('HMGET', optouts, from, 'm:' .. from, 'hold:' .. from)
  for i, field in ipairs({ to, 'm:' .. to }) do
    local change, at, source = string.match(seen[i] or '', '^(%a+):(%-?%d+):(.*)$')
    if change and (not until_s or tonumber(at) <= until_s) then note_wish(optouts, field, change, at, source) end
  end
  local held = tonumber(redis.call('HGET', optouts, 'hold:' .. to) or '0')
  if seen[3] and tonumber(seen[3]) > held then redis.call('HSET', optouts, 'hold:' .. to, seen[3]) end
end

-- The widest opt-out of a contact under any of its ids: 'all', 'marketing' or nil; and why. Whoever came back to everything came back
-- to marketing too. A hold of marketing counts as an opt-out from it.
local function opted_out(optouts, contacts, now)
  local found
  for _, contact in ipairs(contacts) do
    local seen = redis.call('HMGET', optouts, contact, 'm:' .. contact, 'hold:' .. contact)
    local all, all_at = string.match(seen[1] or 'in:-1:', '^(%a+):(%-?%d+):')
    local marketing, marketing_at = string.match(seen[2] or 'in:-1:', '^(%a+):(%-?%d+):')
    if all == 'out' then return 'all', 'opted_out' end
    if marketing == 'out' and tonumber(marketing_at) >= tonumber(all_at) then found = 'opted_out' end
    if seen[3] and tonumber(seen[3]) > now and not found then found = 'undeliverable' end
  end
  if found then return 'marketing', found end
end

-- A wish of a contact under all its ids. Returns whether it is heard otherwise from now on.
local function change_wish(optouts, contacts, change, scope, at, source, now)
  local scope_before, why_before = opted_out(optouts, contacts, now)
  for _, contact in ipairs(contacts) do set_wish(optouts, contact, change, scope, at, source) end
  local scope_after, why_after = opted_out(optouts, contacts, now)
  return scope_before ~= scope_after or why_before ~= why_after
end
