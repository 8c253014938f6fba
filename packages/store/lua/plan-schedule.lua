-- plan-schedule: the first occurrence of a schedule that nobody knows yet.
-- KEYS  1 schedule
-- ARGV  1 next occurrence (Unix s), 2 keep s after it
-- returns 1, or 0 when the schedule is known
-- invariant: an occurrence that is known and has not begun stays, so no start of a process can pass over it.
if redis.call('HSETNX', KEYS[1], 'next', ARGV[1]) == 0 then return 0 end
redis.call('EXPIREAT', KEYS[1], string.format('%.0f', tonumber(ARGV[1]) + tonumber(ARGV[2])))
return 1
