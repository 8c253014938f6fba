-- begin-erasure: what leads to the data of a contact is noted, so that an erasure that is cut off can go on.
-- KEYS  1.. one for each id that the contact is named by
-- ARGV  1 keep s; then the members
-- returns how many keys there are
-- invariant: none of them stays for ever. A full Redis hinders nothing, since what removes comes first.
for _, key in ipairs(KEYS) do
  redis.call('SREM', key, '')
  for i = 2, #ARGV do redis.call('SADD', key, ARGV[i]) end
  redis.call('EXPIRE', key, ARGV[1])
end
return #KEYS
