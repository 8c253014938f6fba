-- trim-audience: takes conversations that are forgotten, or have the tag no more, out of its index.
-- KEYS  1 index of the tag; then the conversation of each member
-- ARGV  1 tag, 2.. members
-- returns how many went
-- invariant: a conversation that has the tag stays, whatever the caller saw.
local gone = 0
for i = 2, #KEYS do
  local contact, has_it = redis.call('HGET', KEYS[i], 'contact'), false
  for _, tag in ipairs(contact and cjson.decode(contact).tags or {}) do
    has_it = has_it or tag == ARGV[1]
  end
  if not has_it then gone = gone + redis.call('ZREM', KEYS[1], ARGV[i]) end
end
return gone
