-- A tenant's opt-outs: a hash with two fields a contact (by hashed id): the last wish about everything, and under m: the last about
-- marketing, each 'out' or 'in', its time (Unix s) and its source. The later of a kind stays; in one second, out does.
local function set_wish(optouts, contact, change, scope, at, source)
  local field = scope == 'marketing' and 'm:' .. contact or contact
  local known, known_at = string.match(redis.call('HGET', optouts, field) or 'in:-1:', '^(%a+):(%-?%d+):')
  at, known_at = tonumber(at), tonumber(known_at)
  if known_at > at or (known_at == at and (known == 'out' or change == 'in')) then return end
  redis.call('HSET', optouts, field, change .. ':' .. at .. ':' .. source)
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
