-- merge-status: receipts into message records, in any order and number.
-- uses: clock, flight, final, life, limits, outside, wamid, wish
-- KEYS  1 dead, 2 optouts, 3 emitted; then for each status: record, statuses seen of the number, tier ledger, wamids, statuses that wait
--       for the wamid, and 14 of the flight
-- ARGV  1 keep s, 2 ms from a failure to a new attempt, 3 most tries, 4 the wamids' keep s, 5 about how many emitted events are
--       kept; then for each status: mid, attempt, rank (0
--       failed, 1 sent, 2 delivered, 3 read, 4 played), wamid, its short hash, code, number, what a failure means (retry, dead,
--       window_closed, opted_out, hold_marketing), reason, its time by Meta (Unix s), types of events that subscribers want (a space
--       around each)
-- returns { for each status: 'merged', 'settle' (the message is final now: its chain may move on), 'again' (it will be tried again)
--         or 'unmatched'; statuses that waited for a wamid }
-- invariant: ranks only rise; an attempt that was taken and not failed, or any delivery, makes the message sent: every order
--         ends the same, and twice is once.
local now, waited = now_ms(), {}

-- The answer to the POST, which would tell the wamid too, may be lost for good.
local function remember(status)
  local early = remember_wamid(status.wamids, status.early, status.short, status.mid .. status.attempt, ARGV[4])
  for _, other in ipairs(early) do waited[#waited + 1] = other end
end

local function look_for_early(status)
  for _, other in ipairs(redis.call('LRANGE', status.early, 0, -1)) do waited[#waited + 1] = other end
end

-- The caller settles at once; should it be lost, the sweeper does.
local function to_settle(status, flight)
  redis.call('ZADD', flight.outbox, now, status.mid)
  return 'settle'
end

-- What a failure says of the contact holds whatever becomes of the message.
local function heed(status, facts)
  if status.act == 'opted_out' then
    local at = math.floor(now / 1000)
    if change_wish(KEYS[2], facts.who, 'out', 'marketing', at, 'error_' .. status.code, now) then
      tell_refusal(status.outside, status.record, status.attempt, at, status.code)
    end
  elseif status.act == 'hold_marketing' then
    for _, contact in ipairs(facts.who) do
      redis.call('HSET', KEYS[2], 'hold:' .. contact, string.format('%.0f', now + 86400000))
    end
  end
end

-- Every attempt failed; `failure` is the last one's: a new attempt, or the end.
local function fail(status, flight, facts, failure)
  local act, code, reason = string.match(failure, '^(.-)|(.-)|(.*)$')
  tier_give_back(status.record, status.ledger, flight, status.number, now)
  local again = act == 'retry'
  if act == 'window_closed' then again = not facts.template and facts.outside and facts.outside ~= 'skip' end
  if again and redis.call('HINCRBY', status.record, 'tries', 1) <= (facts.tries or tonumber(ARGV[3])) then
    redis.call('HSET', status.record, 'state', 'queued', 'code', code)
    redis.call('PERSIST', status.record)
    if act == 'window_closed' then redis.call('HSET', status.record, 'closed', '1') end
    leave(flight, status.mid)
    enter_later(flight, status.number, facts.entry, facts.class, now + tonumber(ARGV[2]))
    return 'again'
  end
  local state = act == 'window_closed' and facts.outside == 'skip' and 'skipped' or 'dead'
  redis.call('HSET', status.record, 'state', state, 'reason', reason, 'code', code, 'wamid', status.wamid)
  if state == 'dead' then
    bury(KEYS[1], status.mid, ARGV[1])
    tell_message(status.outside, status.record, 'message.failed', status.attempt, status.at,
      { wamid = status.wamid, code = code, reason = reason })
  else
    redis.call('HDEL', status.record, 'body')
  end
  return to_settle(status, flight)
end

-- A failure decides only when no other attempt is known to have been taken.
local function judge(status, flight, seen)
  local marks, last = {}, tonumber(seen.attempt)
  for n = 1, last do
    marks[2 * n - 1], marks[2 * n] = 'ok:' .. n, 'failed:' .. n
  end
  marks = redis.call('HMGET', status.record, unpack(marks))
  for n = 1, last do
    if marks[2 * n - 1] and not marks[2 * n] then return 'merged' end
  end
  local failure = marks[2 * last] or redis.call('HGET', status.record, 'refused:' .. last)
  if failure then return fail(status, flight, seen.facts, failure) end
  if seen.state == 'sent' then
    -- It was sent by the word of an earlier attempt, which is void now; of the last one nothing is known.
    redis.call('HSET', status.record, 'state', 'unknown', 'code', status.code)
    redis.call('PERSIST', status.record)
    redis.call('ZADD', flight.outbox, now + tonumber(ARGV[2]), status.mid)
  end
  return 'merged'
end

-- Each kind of status of an attempt once. Meta's clock is in seconds: told by how many it is after the message was made.
local function hear(status, life)
  if string.find(' ' .. life.text, string.format(' s:%%d+:%s:%s:', status.attempt, status.rank)) then return end
  local meta = string.format('%.0f', tonumber(status.at) - math.floor((life.created or now) / 1000))
  local text = note(life, 's', now, status.attempt, status.rank, meta, status.rank == 0 and status.code or nil)
  redis.call('HSET', status.record, 'life', text)
end

-- Whoever hears that a message arrived has heard that it was sent, by the answer to the POST or by this.
local function tell_receipt(status)
  local said = { wamid = status.wamid }
  tell_message(status.outside, status.record, 'message.sent', status.attempt, status.at, said)
  local type = ({ [2] = 'message.delivered', [3] = 'message.read' })[status.rank]
  if type then tell_message(status.outside, status.record, type, status.attempt, status.at, said) end
end

local function merge(status, flight)
  local known = redis.call('HMGET', status.record, 'state', 'attempt', 'rank', 'number', 'facts',
    'failed:' .. status.attempt, 'ok:' .. status.attempt, 'created', 'life')
  local seen = { state = known[1], attempt = known[2], best = tonumber(known[3] or '0') }
  if not seen.state or known[4] ~= status.number or tonumber(status.attempt) > tonumber(seen.attempt) then
    return 'unmatched'
  end
  hear(status, life_of(known[8], known[9]))
  if status.rank == 0 then
    if known[6] then return 'merged' end
    seen.facts = cjson.decode(known[5])
    redis.call('HSET', status.record, 'failed:' .. status.attempt,
      status.act .. '|' .. status.code .. '|' .. status.reason)
    remember(status)
    heed(status, seen.facts)
    local is_on_its_way = seen.state == 'attempting' or seen.state == 'unknown' or seen.state == 'sent'
    if seen.best >= 2 or not is_on_its_way then return 'merged' end
    return judge(status, flight, seen)
  end
  if status.rank > seen.best or not known[7] then
    redis.call('HSET', status.record, 'rank', math.max(status.rank, seen.best), 'ok:' .. status.attempt, '1')
  end
  tell_receipt(status)
  if status.rank >= 2 and seen.best < 2 then
    tier_count_delivery(status.record, status.ledger, now)
    redis.call('HDEL', status.record, 'body')
  end
  -- What had waited for the wamid is given out again, since who was given it before may have been lost with it.
  if known[7] then look_for_early(status) else remember(status) end
  if seen.state == 'sent' or (status.rank == 1 and known[6]) then return 'merged' end
  come_alive(status.record, KEYS[1], status.mid, status.attempt, status.wamid)
  tier_take_again(status.record, status.ledger, now)
  return to_settle(status, flight)
end

local results = {}
local key = 4
for arg = 6, #ARGV, 11 do
  local status = {
    record = KEYS[key],
    ledger = KEYS[key + 2],
    wamids = KEYS[key + 3],
    early = KEYS[key + 4],
    mid = ARGV[arg],
    attempt = ARGV[arg + 1],
    rank = tonumber(ARGV[arg + 2]),
    wamid = ARGV[arg + 3],
    short = ARGV[arg + 4],
    code = ARGV[arg + 5],
    number = ARGV[arg + 6],
    act = ARGV[arg + 7],
    reason = ARGV[arg + 8],
    at = ARGV[arg + 9],
    outside = { emitted = KEYS[3], most = ARGV[5], wanted = ARGV[arg + 10] },
  }
  local result = merge(status, flight_at(key + 5))
  local started = result ~= 'unmatched' and redis.call('HGET', status.record, 'started')
  if started then
    -- The three newest attempts that have had a status: what proves the status path alive.
    redis.call('ZADD', KEYS[key + 1], started, status.mid)
    redis.call('ZREMRANGEBYRANK', KEYS[key + 1], 0, -4)
    redis.call('EXPIRE', KEYS[key + 1], ARGV[1])
  end
  results[#results + 1] = result
  key = key + 19
end
return { results, waited }
