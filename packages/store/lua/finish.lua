-- finish: what came of one attempt.
-- uses: clock, flight, final, full, life, limits, outside, wamid, wish
-- KEYS  1 record, 2 dead, 3 chain, 4 pair, 5 optouts, 6 templates, 7 conversation, 8 wamids, 9 statuses that wait for
--       the wamid, 10-23 flight, 24 tier ledger, 25 emitted
-- ARGV  1 entry, 2 class, 3 number, 4 throughput, 5 keep s, 6 attempt, 7 outcome, 8 code, 9 reason when it is dead, 10 ms, 11 wamid,
--       12 its short hash, 13 the wamids' keep s, 14 most tries, 15 credential's mark, 16 spread (1 to 1.5), 17 template,
--       18 ms from the claim to the first byte: -1 when nothing was written, '' when nobody knows, 19 about how many emitted events are
--       kept, 20 types of events that subscribers want (a space around each)
-- outcomes: sent · unknown (ms: grace) · dead · retry (one try; ms until the next) · wait_number, wait_waba, wait_pair (ms; no
--       try, but a limit for messages that may not wait long) · pause_number, pause_waba (ms or -1 until lifted; no
--       try) · configuration (until the credential changes; no try) · window_closed · opted_out · hold_marketing (ms) · template (ms or -1)
-- returns { 'into', {}, -1, cid }: its conversation has become part of this one: ask again with that one's keys; else { 'ok' or 'stale', admitted entries, ms until a look at the number or -1, state, statuses that waited... }
-- invariant: a refusal acts only on the attempt that is open; an acceptance is a fact, so its wamid is kept whatever the message
--       became since, and it counts as a status `sent` does. Twice is once, and returns the same statuses again.
go_on_when_full(KEYS[1])
local entry, class, number_id = ARGV[1], ARGV[2], ARGV[3]
local mid = string.sub(entry, 1, 32)
local record = redis.call('HMGET', KEYS[1], 'state', 'attempt', 'facts', 'failed:' .. ARGV[6], 'started', 'created', 'life')
local is_open = record[2] == ARGV[6] and (record[1] == 'attempting' or record[1] == 'unknown')
local is_accepted = ARGV[7] == 'sent' and record[1] and tonumber(ARGV[6]) <= tonumber(record[2])
-- What Meta says of the contact holds where its messages are claimed.
local into = is_open and (ARGV[7] == 'wait_pair' or ARGV[7] == 'window_closed') and redis.call('HGET', KEYS[7], 'into')
if into then return { 'into', {}, -1, into } end
local waited = {}
if is_accepted then waited = remember_wamid(KEYS[8], KEYS[9], ARGV[12], mid .. ARGV[6], ARGV[13]) end
if not is_open and (not is_accepted or record[1] == 'sent' or record[4]) then
  if is_accepted then
    redis.call('HSET', KEYS[1], 'ok:' .. ARGV[6], '1')
    local taken = string.format(' f:%%d+:%s:sent', ARGV[6])
    if not string.find(' ' .. (record[7] or ''), taken) then
      redis.call('HSET', KEYS[1], 'life', note(life_of(record[6], record[7]), 'f', now_ms(), ARGV[6], 'sent'))
    end
  end
  return { 'stale', {}, -1, record[1] or 'missing', unpack(waited) }
end
local flight, now = flight_at(10), now_ms()
local outcome, code, ms = ARGV[7], ARGV[8], tonumber(ARGV[10])
local facts = cjson.decode(record[3])
local state, look = 'queued', -1
local written
if ARGV[18] == '-1' then written = false elseif ARGV[18] ~= '' then written = tonumber(record[5]) + tonumber(ARGV[18]) end

local outside = { emitted = KEYS[25], most = ARGV[19], wanted = ARGV[20] }
local function dead(reason)
  state = 'dead'
  redis.call('HSET', KEYS[1], 'state', 'dead', 'code', code, 'reason', reason)
  bury(KEYS[2], mid, ARGV[5])
  tell_message(outside, KEYS[1], 'message.failed', ARGV[6], now / 1000, { state = 'dead', code = code, reason = reason })
  tier_give_back(KEYS[1], KEYS[24], flight, number_id, now)
  end_message(KEYS[1], KEYS[3], flight, entry, class, ARGV[5], written)
end

local function requeue(due)
  redis.call('HSET', KEYS[1], 'state', 'queued', 'code', code)
  leave(flight, mid, written)
  if due then
    enter_later(flight, number_id, entry, class, due)
    look = due - now
  else
    enter_lane_again(flight, entry, class)
  end
end

local function pause(key, till)
  if till < tonumber(redis.call('HGET', key, 'paused_until') or '0') then return end
  redis.call('HSET', key, 'paused_until', string.format('%.0f', till), 'paused_code', code)
  redis.call('HDEL', key, 'paused_mark')
  if till < FOREVER then
    wake_at(flight, number_id, till)
    look = till - now
  end
end

-- A limit that Graph reports costs no try. A message that may wait long does so as often as it may be tried; another
-- gives up when the wait gets long.
local function over_limit(wait)
  if not facts.long then return wait > 60000 end
  return redis.call('HINCRBY', KEYS[1], 'limited', 1) > math.max(1, tonumber(ARGV[14]))
end

-- What was said of the last attempt decides, should a status take back the word of an earlier one.
if outcome ~= 'sent' and outcome ~= 'unknown' and ARGV[6] ~= '1' then
  redis.call('HSET', KEYS[1], 'refused:' .. ARGV[6], 'retry|' .. code .. '|' .. ARGV[9])
end
if outcome == 'sent' then
  state = 'sent'
  come_alive(KEYS[1], KEYS[2], mid, ARGV[6], ARGV[11])
  tell_message(outside, KEYS[1], 'message.sent', ARGV[6], now / 1000, { wamid = ARGV[11] })
  tier_take_again(KEYS[1], KEYS[24], now)
  if redis.call('HEXISTS', KEYS[4], 'refusals') == 1 then redis.call('HDEL', KEYS[4], 'refusals', 'blocked_until') end
  end_message(KEYS[1], KEYS[3], flight, entry, class, ARGV[5], written)
elseif outcome == 'unknown' then
  state = 'unknown'
  redis.call('HSET', KEYS[1], 'state', 'unknown', 'code', code)
  redis.call('ZADD', flight.outbox, now + ms, mid)
  leave(flight, mid, written)
elseif outcome == 'retry' then
  local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
  if tries > tonumber(ARGV[14]) then dead(ARGV[9]) else requeue(now + ms) end
elseif outcome == 'wait_pair' then
  -- Meta's own advice: 4^X seconds.
  local refusals = redis.call('HINCRBY', KEYS[4], 'refusals', 1)
  local wait = math.max(ms, math.min(300000, 1000 * 4 ^ (refusals - 1))) * tonumber(ARGV[16])
  redis.call('HSET', KEYS[4], 'blocked_until', string.format('%.0f', now + wait), 'level', '0', 'at', now)
  redis.call('PEXPIRE', KEYS[4], string.format('%.0f', wait + 600000))
  if over_limit(wait) then dead(ARGV[9]) else requeue(math.floor(now + wait)) end
elseif outcome == 'wait_number' or outcome == 'wait_waba' then
  pause(outcome == 'wait_number' and flight.number or flight.waba, math.floor(now + ms * tonumber(ARGV[16])))
  if over_limit(ms) then dead(ARGV[9]) else requeue() end
elseif outcome == 'pause_number' or outcome == 'pause_waba' then
  pause(outcome == 'pause_number' and flight.number or flight.waba, ms < 0 and FOREVER or now + ms)
  requeue()
elseif outcome == 'configuration' then
  pause(flight.number, FOREVER)
  redis.call('HSET', flight.number, 'paused_mark', ARGV[15])
  requeue()
elseif outcome == 'window_closed' then
  local heard = redis.call('HGET', KEYS[7], 'last')
  if heard then redis.call('HSET', KEYS[7], 'closed', heard) end
  local is_first = redis.call('HSETNX', KEYS[1], 'found_closed', '1') == 1
  if is_first and not facts.template and facts.outside then requeue(now) else dead(ARGV[9]) end
elseif outcome == 'opted_out' or outcome == 'hold_marketing' then
  if outcome == 'opted_out' then
    local at = math.floor(now / 1000)
    if change_wish(KEYS[5], facts.who, 'out', 'marketing', at, 'error_' .. code, now) then
      tell_refusal(outside, KEYS[1], ARGV[6], at, code)
    end
  else
    for _, contact in ipairs(facts.who) do
      redis.call('HSET', KEYS[5], 'hold:' .. contact, string.format('%.0f', now + ms))
    end
  end
  dead(ARGV[9])
elseif outcome == 'template' then
  redis.call('HSET', KEYS[6], ARGV[17], string.format('%.0f', ms < 0 and FOREVER or now + ms))
  if facts.long and ms >= 0 then requeue(now + ms) else dead(ARGV[9]) end
else
  dead(ARGV[9])
end
local told = outcome == 'sent' and { 'sent' } or { outcome, code, state, string.format('%.0f', look) }
redis.call('HSET', KEYS[1], 'life', note(life_of(record[6], record[7]), 'f', now, ARGV[6], unpack(told)))
local number = read_number(flight, number_id, ARGV[4], nil)
return { 'ok', admit(flight, number, now), look, state, unpack(waited) }
