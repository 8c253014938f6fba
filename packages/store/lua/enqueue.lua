-- enqueue: messages of one number that no turn decided, from the API or a broadcast.
-- uses: clock, flight, new-message
-- KEYS  1-14 flight; then for each message: record, chain
-- ARGV  1 number, 2 throughput; then for each message: mid, cid, class, data, body, facts
-- returns the admitted entries
-- invariant: a mid that is known is left alone, so twice is once.
local flight, now = flight_at(1), now_ms()
local key = 15
for arg = 3, #ARGV, 6 do
  if redis.call('EXISTS', KEYS[key]) == 0 then
    add_message(KEYS[key], KEYS[key + 1], flight, {
      mid = ARGV[arg],
      cid = ARGV[arg + 1],
      class = ARGV[arg + 2],
      number = ARGV[1],
      data = ARGV[arg + 3],
      body = ARGV[arg + 4],
      facts = ARGV[arg + 5],
    }, now)
  end
  key = key + 2
end
return admit(flight, read_number(flight, ARGV[1], ARGV[2], nil), now)
