-- admit: moves a number's lane heads to the tier queue while there is room.
-- uses: clock, admit
-- KEYS  1 outbox, 2-6 flight (admitted, attempting, three lanes)
-- ARGV  1 ahead, 2 flying
-- returns the admitted entries: mid .. cid .. class
return admit(flight_at(2), { ahead = tonumber(ARGV[1]), flying = tonumber(ARGV[2]) }, KEYS[1], now_ms())
