-- withdraw: a message that waits is taken off the books, wherever it waits, as if it had never been queued.
-- uses: clock, flight, limits, take-off, withdraw
-- KEYS  1 record, 2 chain, 3 tier ledger, 4-17 flight
-- ARGV  1 entry, 2 class, 3 number, 4 keep s
-- returns 'withdrawn'; 'gone' when there is none or it is over; 'busy' when an attempt is under way, or an earlier one may have arrived
-- invariant: nothing is taken back from a sender. What is left of a message that was attempted is how often, so that no attempt of
--            a later life has the number of an earlier one. Twice is once.
local message = { entry = ARGV[1], class = ARGV[2], number = ARGV[3], keep = ARGV[4] }
return withdraw_message(KEYS[1], KEYS[2], KEYS[3], flight_at(4), message, now_ms())
