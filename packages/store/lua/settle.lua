-- settle: lets the chain of a final message move on, after a status settled it.
-- uses: clock, flight, final
-- KEYS  1 record, 2 chain, 3-16 flight
-- ARGV  1 entry, 2 class, 3 number, 4 throughput, 5 keep s
-- returns the admitted entries
-- invariant: does nothing while the message is not final, and nothing the second time.
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'sent' and state ~= 'dead' and state ~= 'skipped' then return {} end
local flight = flight_at(3)
end_message(KEYS[1], KEYS[2], flight, ARGV[1], ARGV[2], ARGV[5])
return admit(flight, read_number(flight, ARGV[3], ARGV[4], nil), now_ms())
