-- settle: lets the chain of a final message move on, after a status settled it.
-- uses: clock, admit, final
-- KEYS  1 record, 2 outbox, 3 dead, 4 chain, 5-9 flight (admitted, attempting, three lanes)
-- ARGV  1 entry, 2 class, 3 ahead, 4 flying, 5 keep s
-- returns the admitted entries
-- invariant: does nothing while the message is not final, and nothing the second time.
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'sent' and state ~= 'dead' then return {} end
local flight = end_message(KEYS[1], 2, ARGV[1], ARGV[2], ARGV[5])
return admit(flight, { ahead = tonumber(ARGV[3]), flying = tonumber(ARGV[4]) }, KEYS[2], now_ms())
