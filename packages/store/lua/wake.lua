-- wake: ends the pauses and waits of a number whose time has come, and lets go what may.
-- uses: clock, flight, limits
-- KEYS  1-14 flight, 15 tier ledger
-- ARGV  1 number, 2 throughput, 3 tier limit (-1 none), 4 day ms, 5 credential's mark or '', 6 most to move of each
-- returns { ms until the next look or -1, admitted entries (mid .. cid .. class)... }
-- invariant: nothing is moved before its time, so any number of senders may look at any moment.
local flight, now = flight_at(1), now_ms()
local day = tonumber(ARGV[4])

local mark = redis.call('HGET', flight.number, 'paused_mark')
if mark and ARGV[5] ~= '' and mark ~= ARGV[5] then
  redis.call('HDEL', flight.number, 'paused_until', 'paused_code', 'paused_mark')
end
for _, key in ipairs({ flight.number, flight.waba }) do
  local till = redis.call('HGET', key, 'paused_until')
  if till and tonumber(till) <= now then redis.call('HDEL', key, 'paused_until', 'paused_code', 'paused_mark') end
end
local number = read_number(flight, ARGV[1], ARGV[2], ARGV[3])

local due = redis.call('ZRANGEBYSCORE', flight.later, '-inf', now, 'LIMIT', 0, ARGV[6])
for i = #due, 1, -1 do
  redis.call('ZREM', flight.later, due[i])
  enter_lane_again(flight, string.sub(due[i], 1, 64), string.sub(due[i], 65))
end

tier_trim(KEYS[15], day, now)
local next_look = math.huge
if redis.call('EXISTS', flight.tierwait) == 1 then
  local room = number.tier_limit < 0 and tonumber(ARGV[6]) or number.tier_limit - redis.call('ZCARD', KEYS[15])
  for _ = 1, math.min(room, tonumber(ARGV[6])) do
    local entry = redis.call('LPOP', flight.tierwait)
    if not entry then break end
    redis.call('RPUSH', flight[string.sub(entry, 65)], string.sub(entry, 1, 64))
  end
  if redis.call('EXISTS', flight.tierwait) == 1 then
    next_look = room > 0 and now + 1000 or now + math.min(60000, tier_wait(KEYS[15], '', number.tier_limit, day, now))
  end
end

local first = redis.call('ZRANGE', flight.later, 0, 0, 'WITHSCORES')
if first[2] then next_look = math.min(next_look, tonumber(first[2])) end
if number.paused_until > now and number.paused_until < FOREVER then next_look = math.min(next_look, number.paused_until) end
redis.call('ZREM', flight.wakes, ARGV[1])
if next_look < FOREVER then wake_at(flight, ARGV[1], next_look) end
return { next_look < FOREVER and math.max(0, next_look - now) or -1, unpack(admit(flight, number, now)) }
