-- start-occurrence: an occurrence of a schedule begins, or is passed over when it is too late for it.
-- uses: clock
-- KEYS  1 schedule
-- ARGV  1 occurrence (Unix s), 2 the one after it (Unix s) or '', 3 s that it may be late, 4 s that one may run, 5 keep s after the next
-- returns { 'started' or 'skipped', occurrence that ran too long and is given up or '' }, { 'running' } while the one before
--         is not over, or { 'no' }: it is not its time, or somebody else was first
-- invariant: each occurrence begins once, and one of a schedule runs at a time.
local now = now_ms() / 1000
local seen = redis.call('HMGET', KEYS[1], 'next', 'running')
if seen[1] ~= ARGV[1] or tonumber(ARGV[1]) > now then return { 'no' } end
if seen[2] and now - tonumber(seen[2]) < tonumber(ARGV[4]) then return { 'running' } end
redis.call('HDEL', KEYS[1], 'next', 'running', 'cursor')
local is_late = now - tonumber(ARGV[1]) > tonumber(ARGV[3])
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'next', ARGV[2]) end
if not is_late then redis.call('HSET', KEYS[1], 'running', ARGV[1], 'cursor', '') end
redis.call('EXPIREAT', KEYS[1], string.format('%.0f', math.max(now, tonumber(ARGV[2]) or 0) + tonumber(ARGV[5])))
return { is_late and 'skipped' or 'started', seen[2] or '' }
