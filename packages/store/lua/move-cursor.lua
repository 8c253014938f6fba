-- move-cursor: a part of a schedule's audience has its event: the occurrence goes on behind it, or is over.
-- KEYS  1 schedule
-- ARGV  1 occurrence (Unix s), 2 cursor that the caller saw, 3 the new one, or '' at the end of the audience
-- returns 1, or 0 when another runner was faster
-- invariant: the cursor moves on from where the caller began only, and only in the occurrence that runs.
local seen = redis.call('HMGET', KEYS[1], 'running', 'cursor')
if seen[1] ~= ARGV[1] or seen[2] ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], 'running', 'cursor')
else
  redis.call('HSET', KEYS[1], 'cursor', ARGV[3])
end
return 1
