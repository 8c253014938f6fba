-- Tokens are looked at first and taken together, or not at all. Times in milliseconds.

-- A number's throughput: when its last messages were written or came in. A message on its way counts from its claim until it is
-- known when it was written, however long that takes, so a sender that stumbles breaks nothing. No window of 1.05 s holds
-- more than the limit, so no second at Meta does either, as long as messages differ by less than 50 ms on their way there; and
-- no quarter of it holds more than 30 %, so that a reply never stands behind a burst that has used up all.
local THROUGHPUT_WINDOW = 1050
-- No sender begins to write later than this after its claim.
local BEGINS_WITHIN = 5000

-- 0, or how long until there is room in a window, for whom `ahead` others wait already.
local function window_wait(times, used, most, window, ahead, now)
  if used < most then return 0 end
  local leaves = redis.call('ZRANGEBYSCORE', times, '(' .. (now - window), '+inf', 'WITHSCORES', 'LIMIT', used - most + ahead, 1)
  return math.max(1, math.ceil(leaves[2] and tonumber(leaves[2]) + window - now or window / 4))
end

local function throughput_wait(flight, limit, ahead, now)
  local times, quarter = flight.throughput, THROUGHPUT_WINDOW / 4
  local function used(window, on_their_way)
    return redis.call('ZCOUNT', times, '(' .. (now - window), '+inf')
      + redis.call('ZCOUNT', flight.attempting, '(' .. (now - on_their_way), '+inf')
  end
  return math.max(
    window_wait(times, used(THROUGHPUT_WINDOW, THROUGHPUT_WINDOW + BEGINS_WITHIN), limit, THROUGHPUT_WINDOW, ahead, now),
    window_wait(times, used(quarter, quarter), math.ceil(limit * 0.3), quarter, ahead, now))
end

-- What came in counts as well and cannot be refused.
local function throughput_take(times, member, now)
  redis.call('ZADD', times, now, member)
  redis.call('PEXPIRE', times, 2 * THROUGHPUT_WINDOW)
end

local function throughput_trim(times, now)
  redis.call('ZREMRANGEBYSCORE', times, '-inf', now - THROUGHPUT_WINDOW)
end

-- One number to one contact: 44 at once, then one every 6 s. Meta takes 45.
local PAIR_BURST, PAIR_EVERY = 44, 6000

local function pair_level(key, now)
  local seen = redis.call('HMGET', key, 'level', 'at', 'blocked_until')
  if not seen[2] then return PAIR_BURST, tonumber(seen[3] or '0') end
  local level = tonumber(seen[1]) + math.max(0, now - tonumber(seen[2])) / PAIR_EVERY
  return math.min(PAIR_BURST, level), tonumber(seen[3] or '0')
end

local function pair_wait(key, now)
  local level, blocked_until = pair_level(key, now)
  if level < 1 then return math.max(math.ceil((1 - level) * PAIR_EVERY), blocked_until - now) end
  return math.max(0, blocked_until - now)
end

local function pair_take(key, now)
  local level = pair_level(key, now)
  redis.call('HSET', key, 'level', tostring(level - 1), 'at', now)
  if redis.call('PTTL', key) < PAIR_BURST * PAIR_EVERY then redis.call('PEXPIRE', key, PAIR_BURST * PAIR_EVERY) end
end

-- Two of these turn out to be one contact's: what was taken of either was taken of both. `other` goes.
local function pair_join(key, other, now)
  if redis.call('EXISTS', other) == 0 then return end
  local level, blocked_until = pair_level(key, now)
  local others, others_until = pair_level(other, now)
  level, blocked_until = level + others - PAIR_BURST, math.max(blocked_until, others_until)
  local function refused(each) return tonumber(redis.call('HGET', each, 'refusals') or '0') end
  local refusals = math.max(refused(key), refused(other))
  redis.call('DEL', other)
  redis.call('HSET', key, 'level', tostring(level), 'at', now)
  if blocked_until > now then redis.call('HSET', key, 'blocked_until', string.format('%.0f', blocked_until)) end
  if refusals > 0 then redis.call('HSET', key, 'refusals', refusals) end
  redis.call('PEXPIRE', key, string.format('%.0f', math.max((PAIR_BURST - level) * PAIR_EVERY, blocked_until - now) + 600000))
end

-- The tier's ledger: who was written to, by when it was last counted. A contact who is in it is free.
-- Returns 0, or how long until there is room.
local function tier_wait(ledger, member, limit, day, now)
  if limit < 0 or not member or redis.call('ZSCORE', ledger, member) then return 0 end
  if limit == 0 then return day end
  local used = redis.call('ZCARD', ledger)
  if used < limit then return 0 end
  local first = redis.call('ZRANGE', ledger, used - limit, used - limit, 'WITHSCORES')
  return math.max(1, tonumber(first[2]) + day - now)
end

local function tier_trim(ledger, day, now)
  redis.call('ZREMRANGEBYSCORE', ledger, '-inf', '(' .. string.format('%.0f', now - day + 1))
end

-- Counts the message's contact (or the message) from now on. The record notes when, if the place is its own; `own` is what it
-- noted before. The time always rises, whatever the clock does, so that nobody gives back what another took after him.
local function tier_take(record, ledger, member, own, now)
  local seen = redis.call('ZSCORE', ledger, member)
  local at = seen and math.max(now, tonumber(seen) + 1) or now
  redis.call('HSET', record, 'tier_who', member)
  if not seen or seen == own then redis.call('HSET', record, 'tier_at', at) end
  redis.call('ZADD', ledger, at, member)
end

-- Not delivered, so not counted: the place goes, if it is the message's own and nobody has counted on it since.
local function tier_give_back(record, ledger, flight, number, now)
  local took = redis.call('HMGET', record, 'tier_at', 'tier_who')
  if not took[1] then return end
  redis.call('HDEL', record, 'tier_at')
  if redis.call('ZSCORE', ledger, took[2]) ~= took[1] then return end
  redis.call('ZREM', ledger, took[2])
  redis.call('HDEL', record, 'tier_who')
  redis.call('HSET', record, 'tier_gave', took[2])
  wake_at(flight, number, now)
end

-- It was taken after all.
local function tier_take_again(record, ledger, now)
  local member = redis.call('HGET', record, 'tier_gave')
  if not member then return end
  redis.call('HDEL', record, 'tier_gave')
  redis.call('HSET', record, 'tier_who', member)
  redis.call('ZADD', ledger, 'GT', now, member)
end

-- The 24 hours count from the delivery.
local function tier_count_delivery(record, ledger, now)
  local who = redis.call('HMGET', record, 'tier_who', 'tier_gave')
  local member = who[1] or who[2]
  if member then redis.call('ZADD', ledger, 'GT', now, member) end
end
