-- find-attempt: which attempt a status without our tag is about; one that is not known yet waits for it.
-- KEYS  1.. buckets of wamids (newest first), last: statuses that wait for this wamid
-- ARGV  1 wamid (short hash), 2 the status as JSON, 3 keep s, 4 most that wait
-- returns mid .. attempt, or ''
-- invariant: `finish` writes the wamid and reads the waiting list in one script too, so that the two always meet.
for i = 1, #KEYS - 1 do
  local found = redis.call('HGET', KEYS[i], ARGV[1])
  if found then return found end
end
redis.call('RPUSH', KEYS[#KEYS], ARGV[2])
redis.call('LTRIM', KEYS[#KEYS], 0, ARGV[4] - 1)
redis.call('EXPIRE', KEYS[#KEYS], ARGV[3])
return ''
