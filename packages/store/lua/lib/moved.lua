-- By which ids a contact goes now, of those (hashed) that it went by: `moved` is a conversation's list of ended ids as JSON, or
-- false. An id that ended without an heir is left out. Returns the ids, and whether any is another.
local function heirs_of(moved, ids)
  if not moved then return ids, false end
  local heir_of = {}
  for _, each in ipairs(cjson.decode(moved)) do heir_of[each.who] = each.heir or '' end
  local found, seen = {}, {}
  local changed = false
  for _, id in ipairs(ids) do
    local now = id
    -- As long as the list may be: no circle holds it up.
    for _ = 1, 16 do
      if not heir_of[now] then break end
      now, changed = heir_of[now], true
    end
    if now ~= '' and not seen[now] then
      found[#found + 1], seen[now] = now, true
    end
  end
  return found, changed
end
