-- enqueue: messages of one number that no turn decided, from the API or a broadcast.
-- uses: clock, flight, new-message, trace
-- KEYS  1-14 flight; then for each message: record, chain, trace
-- ARGV  1 number, 2 throughput; then for each message: mid, cid, class, data, body, facts, line of the trace or ''
-- returns the admitted entries
-- invariant: a mid that is known is left alone, so twice is once. One that was withdrawn is queued anew, and goes on counting attempts.
local flight, now = flight_at(1), now_ms()
local key = 15
for arg = 3, #ARGV, 7 do
  local before = redis.call('HMGET', KEYS[key], 'state', 'attempt')
  if not before[1] or before[1] == 'withdrawn' then
    -- Not where there is nothing: a full Redis has to refuse what is new.
    if before[1] then redis.call('DEL', KEYS[key]) end
    add_message(KEYS[key], KEYS[key + 1], flight, {
      mid = ARGV[arg],
      cid = ARGV[arg + 1],
      class = ARGV[arg + 2],
      number = ARGV[1],
      data = ARGV[arg + 3],
      body = ARGV[arg + 4],
      facts = ARGV[arg + 5],
    }, now)
    if before[1] then redis.call('HSET', KEYS[key], 'attempt', before[2]) end
    if ARGV[arg + 6] ~= '' then add_trace(KEYS[key + 2], ARGV[arg + 6], now) end
  end
  key = key + 3
end
return admit(flight, read_number(flight, ARGV[1], ARGV[2], nil), now)
