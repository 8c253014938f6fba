-- add-recipients: people come into a draft, each once.
-- KEYS  1 broadcast, 2 recipients, 3 who is among them
-- ARGV  1 keep s, 2 the most of a broadcast, 3 its mark (tenant/team); then for each: row, two short hashes of who it is ('' where there is one only)
-- returns a text with one letter for each: a (added), d (is there already), f (it is full); '' where there is no such draft
-- invariant: whoever is there under one of his ids is not added again, so a file may be given twice.
if redis.call('HGET', KEYS[1], 'mark') ~= ARGV[3] or redis.call('HGET', KEYS[1], 'state') ~= 'draft' then return '' end
local said, count = {}, redis.call('LLEN', KEYS[2])
for arg = 4, #ARGV, 3 do
  local one, two = ARGV[arg + 1], ARGV[arg + 2]
  if count >= tonumber(ARGV[2]) then
    said[#said + 1] = 'f'
  elseif redis.call('SISMEMBER', KEYS[3], one) == 1 or (two ~= '' and redis.call('SISMEMBER', KEYS[3], two) == 1) then
    said[#said + 1] = 'd'
  else
    redis.call('SADD', KEYS[3], one)
    if two ~= '' then redis.call('SADD', KEYS[3], two) end
    redis.call('RPUSH', KEYS[2], ARGV[arg])
    count = count + 1
    said[#said + 1] = 'a'
  end
end
redis.call('HSET', KEYS[1], 'total', count)
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return table.concat(said)
