-- delete-broadcast: a broadcast that is over, or that never began, goes with all that it holds.
-- KEYS  1 broadcast, 2 recipients, 3 outcomes, 4 who is among a draft's recipients, 5 open recipients, 6 feeds, 7 the tenant's broadcasts
-- ARGV  1 mark (tenant/team), 2 how feeds name it, 3 how the tenant's list names it, 4 keep s of what stays
-- returns { 'ok', '' }, { 'no', state } while it could still write to somebody, or { 'none', '' }
-- invariant: nothing goes while a message of it is on its way. Where somebody may have been written to, it stays known that there was one:
--            its messages were named after it, so another one of this id would find them sent.
local seen = redis.call('HMGET', KEYS[1], 'mark', 'state', 'started')
if seen[1] ~= ARGV[1] then return { 'none', '' } end
local is_over = seen[2] == 'draft' or seen[2] == 'done' or seen[2] == 'cancelled'
if not is_over or redis.call('EXISTS', KEYS[5]) == 1 then return { 'no', seen[2] } end
redis.call('UNLINK', unpack(KEYS, 1, 5))
if seen[3] then
  redis.call('HSET', KEYS[1], 'deleted', '1')
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
redis.call('ZREM', KEYS[6], ARGV[2])
redis.call('ZREM', KEYS[7], ARGV[3])
return { 'ok', '' }
