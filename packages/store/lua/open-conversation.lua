-- open-conversation: the conversation of a contact who is written to first, or the one that there is.
-- uses: clock, names
-- KEYS  1.. the contact's aliases, the surest first
-- ARGV  1 cid for a new conversation, 2 keep of an alias in s
-- returns the cid
-- invariant: whoever asks by any of the contact's names, here or in `accept`, comes to one conversation. A name that leads to another
--            one stays there: only the contact shows that two are one.
local at = math.floor(now_ms() / 1000)
local names, cid, born = {}, nil, at
for i, alias in ipairs(KEYS) do
  names[i] = read_name(alias, at, true)
  if names[i].owner and not cid then cid, born = names[i].owner, names[i].period.born end
end
cid = cid or ARGV[1]
for _, name in ipairs(names) do
  if not name.owner or name.owner == cid then keep_name(name, cid, born, at, ARGV[2]) end
end
return cid
