-- remove-recipients: the last of a draft's recipients go again, whoever began to add them could not go on.
-- KEYS  1 broadcast, 2 recipients, 3 who is among them
-- ARGV  1 mark (tenant/team), 2 how many there must be now, 3 how many stay; then short hashes of those who go
-- returns 1, or 0 when it is no such draft, or others have come in meanwhile
-- invariant: nobody goes but those whom the caller has seen at the end.
local seen = redis.call('HMGET', KEYS[1], 'mark', 'state')
if seen[1] ~= ARGV[1] or seen[2] ~= 'draft' or redis.call('LLEN', KEYS[2]) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '0' then redis.call('DEL', KEYS[2]) else redis.call('LTRIM', KEYS[2], 0, tonumber(ARGV[3]) - 1) end
for i = 4, #ARGV do redis.call('SREM', KEYS[3], ARGV[i]) end
redis.call('HSET', KEYS[1], 'total', ARGV[3])
return 1
