-- renew: keeps a ready entry while a long turn runs, or gives it up, only while it is still this consumer's.
-- KEYS  1 ready
-- ARGV  1 group, 2 consumer, 3 entry id, 4 idle ms to set: 0 keeps it, a day gives it up
-- returns 1 when renewed, 0 when another runner owns it
local pending = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)
if not pending[1] or pending[1][2] ~= ARGV[2] then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'IDLE', ARGV[4], 'JUSTID')
return 1
