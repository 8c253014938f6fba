-- blank-recipients: what a broadcast holds of somebody goes; that there was somebody stays.
-- KEYS  1 broadcast, 2 recipients, 3 who is among a draft's recipients
-- ARGV  1 how many rows; their indexes; then short hashes of who it is
-- returns how many rows there were
-- invariant: no index moves. Whoever read a row before and has not fed it yet does not: `erased` is other than he saw. A full Redis hinders
--            nothing, since what removes comes first.
local rows = tonumber(ARGV[1])
for i = rows + 2, #ARGV do redis.call('SREM', KEYS[3], ARGV[i]) end
local length = redis.call('LLEN', KEYS[2])
for i = 2, rows + 1 do
  if tonumber(ARGV[i]) < length then redis.call('LSET', KEYS[2], ARGV[i], '') end
end
if rows > 0 and redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HINCRBY', KEYS[1], 'erased', 1) end
return rows
