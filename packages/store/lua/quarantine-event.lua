-- quarantine-event: sets aside the head of an inbox that no turn can take.
-- uses: clock, trace
-- KEYS  1 ready, 2 inbox, 3 conversation, 4 quarantine, 5 trace
-- ARGV  1 group, 2 entry id, 3 evt, 4 reason, 5 detail, 6 keep at most, 7 keep for ms, 8 keep of a conversation in s,
--       9 line of the trace
-- returns 1, or 0 when evt is not the head any more
-- invariant: the event leaves the inbox only into the quarantine; the next one can go on.
local head = redis.call('LINDEX', KEYS[2], 0)
if not head or string.sub(head, 1, 32) ~= ARGV[3] then return 0 end
redis.call('LPOP', KEYS[2])
if redis.call('LLEN', KEYS[2]) == 0 then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
  redis.call('XDEL', KEYS[1], ARGV[2])
end
redis.call('HSET', KEYS[3], 'done', ARGV[3])
-- The conversation of a contact who wrote for the first time is new here.
if redis.call('TTL', KEYS[3]) < 0 then redis.call('EXPIRE', KEYS[3], ARGV[8]) end
redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[6], '*', 'reason', ARGV[4], 'detail', ARGV[5], 'raw', string.sub(head, 33))
add_trace(KEYS[5], ARGV[9], now_ms())
redis.call('XTRIM', KEYS[4], 'MINID', '~', now_ms() - tonumber(ARGV[7]))
return 1
