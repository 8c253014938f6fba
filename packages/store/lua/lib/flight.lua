-- A number's flight: where its messages wait and go. Fourteen keys, always in this order; an entry is mid .. cid, 64
-- hex digits, enough to name the keys of its message; the sets that hold several classes append the class to it.
-- A queued message is in exactly one place: behind others in its chain, in a lane, admitted to the tier queue, in
-- `later` (for a time) or in `tierwait` (for room in the tier).
local function flight_at(at)
  return {
    number = KEYS[at],
    waba = KEYS[at + 1],
    admitted = KEYS[at + 2],
    attempting = KEYS[at + 3],
    reply = KEYS[at + 4],
    notification = KEYS[at + 5],
    broadcast = KEYS[at + 6],
    later = KEYS[at + 7],
    tierwait = KEYS[at + 8],
    wakes = KEYS[at + 9],
    outbox = KEYS[at + 10],
    served = KEYS[at + 11],
    turns = KEYS[at + 12],
    throughput = KEYS[at + 13],
  }
end

-- A pause without an end, until somebody or something lifts it.
local FOREVER = 9e15

-- What holds for the number now. A limit that Meta reported replaces the configured one that it was reported under,
-- until the operator configures another.
local function read_number(flight, id, throughput, tier_limit)
  local seen = redis.call('HMGET', flight.number, 'paused_until', 'throughput', 'throughput_over', 'tier_limit', 'tier_over')
  local waba = redis.call('HGET', flight.waba, 'paused_until')
  return {
    id = id,
    paused_until = math.max(tonumber(seen[1] or '0'), tonumber(waba or '0')),
    throughput = seen[3] == throughput and tonumber(seen[2]) or tonumber(throughput),
    tier_limit = seen[5] == tier_limit and tonumber(seen[4]) or tonumber(tier_limit or '-1'),
  }
end

-- Asks that somebody looks at the number at a time, unless somebody will sooner.
local function wake_at(flight, number, time)
  redis.call('ZADD', flight.wakes, 'LT', string.format('%.0f', time), number)
end

-- The same for a time that may come sooner than it seems, by the doing of another number: a pause of the WABA is
-- lifted, a place in the portfolio's tier is given back.
local function look_at(flight, number, time, now)
  wake_at(flight, number, math.min(time, now + 60000))
end

-- A message that is not on its way any more. It counts against the throughput from when it was written: `false` when it
-- never was, and now when nobody knows.
local function leave(flight, mid, written)
  if redis.call('ZREM', flight.attempting, mid) == 0 then
    redis.call('ZREM', flight.admitted, mid)
  elseif written ~= false then
    written = written or now_ms()
    redis.call('ZADD', flight.throughput, written, mid .. ':' .. written)
    redis.call('PEXPIRE', flight.throughput, 2100)
  end
end

local function enter_later(flight, number, entry, class, due)
  redis.call('ZADD', flight.later, due, entry .. class)
  redis.call('ZADD', flight.outbox, '+inf', string.sub(entry, 1, 32))
  wake_at(flight, number, due)
end

-- To the front of its lane: it has been there before.
local function enter_lane_again(flight, entry, class)
  redis.call('LPUSH', flight[class], entry)
  redis.call('ZADD', flight.outbox, '+inf', string.sub(entry, 1, 32))
end

-- Replies first; where others wait too, every tenth place is theirs, so that they still move.
local function next_entry(flight)
  local lower = redis.call('EXISTS', flight.notification, flight.broadcast) > 0
  local order = { 'reply', 'notification', 'broadcast' }
  if lower and redis.call('EXISTS', flight.reply, flight.notification) > 0 then
    local turn = redis.call('HINCRBY', flight.number, 'turn', 1) % 20
    if turn == 0 then order = { 'broadcast', 'notification', 'reply' } end
    if turn == 10 then order = { 'notification', 'broadcast', 'reply' } end
  end
  for _, class in ipairs(order) do
    local entry = redis.call('LPOP', flight[class])
    if entry then return entry, class end
  end
end

-- Fair between tenants: whoever is admitted gets his tenant's next turn, and the tier's queue goes by turns, so tenants with
-- work there come in turn, whatever their numbers. `served` is the newest turn that a sender has come to: a tenant
-- that was away starts there, so nobody saves turns up, and a turn lost or given twice does no harm. Turns that are too
-- far from it are of the round before the count began again.
local TURNS = 8388608
local function next_turn(flight, count)
  local seen = redis.call('MGET', flight.served, flight.turns)
  local served, last = tonumber(seen[1] or '0'), tonumber(seen[2] or '0')
  if last < served or last - served > TURNS / 2 then last = served end
  if last + count > TURNS then
    redis.call('SET', flight.served, 0)
    last = 0
  end
  redis.call('SET', flight.turns, last + count)
  return last + 1
end

local function come_to_turn(flight, turn)
  local ahead = turn - tonumber(redis.call('GET', flight.served) or '0')
  if ahead > 0 and ahead < TURNS / 2 then redis.call('SET', flight.served, turn) end
end

-- Moves lane heads to the queue while there is room: a tenth of a second's rate ahead of its tokens, a second's worth
-- on the way. So a backlog of any size costs other numbers nothing. Returns the entries admitted
-- now, each with its class and its turn appended.
local function admit(flight, number, now)
  local taken = {}
  if redis.call('EXISTS', flight.reply, flight.notification, flight.broadcast) == 0 then return taken end
  if number.paused_until > now then
    look_at(flight, number.id, number.paused_until, now)
    return taken
  end
  local ahead = math.max(2, math.ceil(number.throughput * 0.1))
  local flying = math.max(8, number.throughput)
  local waiting = redis.call('ZCARD', flight.admitted)
  local room = math.min(ahead - waiting, flying - waiting - redis.call('ZCARD', flight.attempting))
  while room > 0 do
    local entry, class = next_entry(flight)
    if not entry then break end
    local mid = string.sub(entry, 1, 32)
    redis.call('ZADD', flight.admitted, now, mid)
    redis.call('ZADD', flight.outbox, now + 5000, mid)
    taken[#taken + 1] = entry .. class
    room = room - 1
  end
  if #taken == 0 then return taken end
  local turn = next_turn(flight, #taken)
  for i, each in ipairs(taken) do taken[i] = each .. ':' .. turn + i - 1 end
  return taken
end

-- Takes a final message off its chain and lets the next one into the lane. Does nothing the second time.
local function advance(chain, lane, entry)
  if redis.call('LINDEX', chain, 0) ~= entry then return end
  redis.call('LPOP', chain)
  local next_in_chain = redis.call('LINDEX', chain, 0)
  if next_in_chain then redis.call('RPUSH', lane, next_in_chain) end
end
