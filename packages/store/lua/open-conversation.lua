-- open-conversation: the conversation of a contact who is written to first, or the one that there is.
-- KEYS  1.. the contact's aliases, the surest first
-- ARGV  1 cid for a new conversation, 2 keep of an alias in s
-- returns the cid
-- invariant: whoever asks by any of the contact's names, here or in `accept`, comes to one conversation.
local cid
for _, alias in ipairs(KEYS) do
  cid = cid or redis.call('GET', alias)
end
cid = cid or ARGV[1]
for _, alias in ipairs(KEYS) do
  redis.call('SET', alias, cid, 'EX', ARGV[2])
end
return cid
