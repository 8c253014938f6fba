-- Lanes and admission. A number's waiting messages stand in three lists, one a class; only as many as its
-- rate needs in flight are admitted to the tier queue, so a backlog of any size costs other numbers nothing.
-- An entry is mid .. cid, 64 hex digits: enough to name every key that its job will touch.

-- Moves lane heads to the queue while there is room. `flight` = { admitted, attempting, lanes... } keys,
-- `caps` = { ahead, flying }. Returns the entries admitted now, each with its class appended.
local function admit(flight, caps, outbox, now)
  local taken = {}
  if redis.call('EXISTS', flight.reply, flight.notification, flight.broadcast) == 0 then return taken end
  local waiting = redis.call('ZCARD', flight.admitted)
  local room = math.min(caps.ahead - waiting, caps.flying - waiting - redis.call('ZCARD', flight.attempting))
  for _, class in ipairs({ 'reply', 'notification', 'broadcast' }) do
    while room > 0 do
      local entry = redis.call('LPOP', flight[class])
      if not entry then break end
      local mid = string.sub(entry, 1, 32)
      redis.call('ZADD', flight.admitted, now, mid)
      redis.call('ZADD', outbox, now + 5000, mid)
      taken[#taken + 1] = entry .. class
      room = room - 1
    end
  end
  return taken
end

-- Takes a final message off its chain and lets the next one into the lane. Does nothing the second time.
local function advance(chain, lane, entry)
  if redis.call('LINDEX', chain, 0) ~= entry then return end
  redis.call('LPOP', chain)
  local next_entry = redis.call('LINDEX', chain, 0)
  if next_entry then redis.call('RPUSH', lane, next_entry) end
end

local function leave(flight, mid)
  if redis.call('ZREM', flight.attempting, mid) == 0 then redis.call('ZREM', flight.admitted, mid) end
end

-- Reads the five keys of a number's flight from KEYS, starting at index `at`.
local function flight_at(at)
  return {
    admitted = KEYS[at],
    attempting = KEYS[at + 1],
    reply = KEYS[at + 2],
    notification = KEYS[at + 3],
    broadcast = KEYS[at + 4],
  }
end
