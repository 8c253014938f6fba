-- Takes a message off the books, wherever it waits: it leaves the number's flight, the outbox and its chain, whose next may go.
local function take_off(chain, flight, number, entry, class, now)
  local mid = string.sub(entry, 1, 32)
  local place = redis.call('LPOS', chain, entry)
  local found = redis.call('ZREM', flight.admitted, mid) + redis.call('ZREM', flight.later, entry .. class)
  -- Who waits behind others in its chain, or is out of it, is in no list of the number's, and they may be long.
  if found == 0 and place == 0 then
    if redis.call('LREM', flight[class], 1, entry) == 0 then redis.call('LREM', flight.tierwait, 1, entry .. class) end
  end
  if place == 0 then advance(chain, flight[class], entry) elseif place then redis.call('LREM', chain, 1, entry) end
  redis.call('ZREM', flight.outbox, mid)
  -- Whoever comes to the number next lets others take the place that is free now.
  if redis.call('EXISTS', flight.reply, flight.notification, flight.broadcast) > 0 then wake_at(flight, number, now) end
end
