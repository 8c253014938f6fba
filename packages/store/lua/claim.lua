-- claim: the right to one attempt of a message, with every limit's token, or nothing at all.
-- uses: clock, flight, final, life, limits, moved, outside, wish
-- KEYS  1 record, 2 dead, 3 chain, 4 pair (of the conversation in 8), 5 tier ledger, 6 optouts, 7 templates, 8 conversation, 9-22 flight,
--       23 emitted
-- ARGV  1 entry, 2 class, 3 number, 4 lease ms, 5 most ms that the caller waits in hand for the pair, 6 throughput, 7 tier limit (-1 none),
--       8 what the tier counts, 9 keep s, 10 day ms, 11 window ms, 12 turn that the sender has come to or 0,
--       13 'ready' when its files are at Meta, ms to wait for them, or '', 14 about how many emitted events are kept, 15 types of events
--       that subscribers want (a space around each)
-- returns { 'into', {}, cid }: its conversation has become part of this one: ask again with that one's keys
--         { 'go', admitted entries, attempt, tries, 'alternative' or '', data, body, ended ids of the contact as JSON or '' }
--         { 'media', {}, 'alternative' or '', body }: all but its files is ready; ask again when they are, or for it to wait
--         { 'wait', {}, ms }: the caller keeps the job and asks again
--         { 'later', admitted entries, ms, scope }: it waits where it costs nothing; `wake` lets it go on
--         { 'ended', admitted entries, state, reason }: it may not go at all
--         { 'no', admitted entries, state }: somebody else has it, it is over, or its place is elsewhere
-- invariant: tokens are taken at the moment of sending and never reserved; only one claim wins an attempt. To whom it goes, and whose
--            wish holds, is the contact's now, not when it was written: a number may have another owner since.
local entry, class, number_id = ARGV[1], ARGV[2], ARGV[3]
local mid = string.sub(entry, 1, 32)
local flight, now = flight_at(9), now_ms()
local number = read_number(flight, number_id, ARGV[6], ARGV[7])
local day = tonumber(ARGV[10])
-- What removes comes first, so that a full Redis can drain.
tier_trim(KEYS[5], day, now)
if ARGV[12] ~= '0' then come_to_turn(flight, tonumber(ARGV[12])) end
local record = redis.call('HMGET', KEYS[1], 'state', 'attempt', 'tries', 'facts', 'data', 'body', 'closed',
  'tier_at', 'created', 'life', 'waits')
local is_admitted = redis.call('ZSCORE', flight.admitted, mid)
if record[1] ~= 'queued' or not is_admitted or redis.call('ZSCORE', flight.later, entry .. class) then
  redis.call('ZREM', flight.admitted, mid)
  return { 'no', admit(flight, number, now), record[1] or 'missing' }
end
local heard = redis.call('HMGET', KEYS[8], 'last', 'closed', 'moved', 'into', 'who')
if heard[4] then return { 'into', {}, heard[4] } end
local facts, has_moved = cjson.decode(record[4]), false
local life = life_of(record[9], record[10], record[11])
if is_admitted and not string.find(' ' .. life.text, ' a:', 1, true) then note(life, 'a', is_admitted) end
facts.who, has_moved = heirs_of(heard[3], facts.who)

local function ended(state, reason)
  redis.call('HSET', KEYS[1], 'state', state, 'reason', reason, 'life', note(life, 'x', now, state, reason))
  if life.waits ~= '' then redis.call('HSET', KEYS[1], 'waits', end_wait(life, now)) end
  redis.call('HDEL', KEYS[1], 'code')
  if state == 'dead' then
    bury(KEYS[2], mid, ARGV[9])
    tell_message({ emitted = KEYS[23], most = ARGV[14], wanted = ARGV[15] }, KEYS[1], 'message.failed', record[2], now / 1000,
      { state = 'dead', reason = reason })
  else
    redis.call('HDEL', KEYS[1], 'body')
  end
  tier_give_back(KEYS[1], KEYS[5], flight, number_id, now)
  end_message(KEYS[1], KEYS[3], flight, entry, class, ARGV[9])
  return { 'ended', admit(flight, number, now), state, reason }
end

local function waits_for(scope)
  redis.call('HSET', KEYS[1], 'life', life.text, 'waits', begin_wait(life, scope, now))
end

local function later(scope, ms)
  redis.call('ZREM', flight.admitted, mid)
  waits_for(scope)
  enter_later(flight, number_id, entry, class, now + ms)
  return { 'later', admit(flight, number, now), ms, scope }
end

local function back(scope, ms)
  redis.call('ZREM', flight.admitted, mid)
  waits_for(scope)
  enter_lane_again(flight, entry, class)
  look_at(flight, number_id, now + ms, now)
  return { 'later', {}, now + ms < FOREVER and ms or -1, scope }
end

if number.paused_until > now then return back('pause', number.paused_until - now) end

-- Neither for a number that has another owner, nor without an address.
if #facts.who == 0 then return ended('dead', 'bad_recipient') end
-- What comes of the attempt is said of who got it.
if has_moved then redis.call('HSET', KEYS[1], 'facts', cjson.encode(facts)) end

-- Free-form while the window is open, else a template: the message itself, or what it says for a closed window.
local open = not record[7] and heard[1] and tonumber(heard[1]) > tonumber(heard[2] or '-1')
  and tonumber(heard[1]) * 1000 + tonumber(ARGV[11]) > now
local template, alternative = facts.template, ''
if not template and not open then
  if facts.outside == 'skip' then return ended('skipped', 'window_closed') end
  if not facts.outside then return ended('dead', 'window_closed') end
  template, alternative = facts.outside, 'alternative'
end

-- What Meta has said of a template since goes before what was known when the message was queued; without a word it is marketing.
local function is_marketing()
  local said = redis.call('HGET', KEYS[7], 'category/' .. string.match(template, '^[^:]+'))
  local category = said or (alternative ~= '' and facts.outside_category or facts.category)
  return category ~= 'UTILITY' and category ~= 'AUTHENTICATION'
end

-- A wish holds under whatever id it came: WhatsApp may name a contact otherwise than the message does.
local ids, is_in = {}, {}
local function add_all(more)
  for _, id in ipairs(more) do
    if not is_in[id] then ids[#ids + 1], is_in[id] = id, true end
  end
end
local known = {}
for id in string.gmatch(heard[5] or '', '%S+') do known[#known + 1] = id end
add_all(facts.who)
add_all((heirs_of(heard[3], known)))
local scope, why = opted_out(KEYS[6], ids, now)
if scope and not facts.exempt and (scope == 'all' or (template and is_marketing())) then return ended('dead', why) end

if template then
  local restricted = tonumber(redis.call('HGET', flight.waba, 'templates_until') or '0')
  local stops = redis.call('HMGET', KEYS[7], template, string.match(template, '^[^:]+'))
  local till = math.max(open and 0 or restricted, tonumber(stops[1] or '0'), tonumber(stops[2] or '0'))
  if till > now then
    if not facts.long or till >= FOREVER then return ended('dead', 'template') end
    return later('template', till - now)
  end
end

local ms = pair_wait(KEYS[4], now)
if ms > 0 then
  if ms > tonumber(ARGV[5]) then return later('pair', ms) end
  waits_for('pair')
  return { 'wait', {}, ms }
end

local member = ARGV[8] == 'all' and mid or (template and not open and facts.who[1]) or nil
ms = tier_wait(KEYS[5], member, number.tier_limit, day, now)
if ms > 0 then
  if not facts.long then return ended('dead', 'rate_limited') end
  redis.call('ZREM', flight.admitted, mid)
  waits_for('tier')
  redis.call('RPUSH', flight.tierwait, entry .. class)
  redis.call('ZADD', flight.outbox, '+inf', mid)
  look_at(flight, number_id, now + ms, now)
  return { 'later', admit(flight, number, now), ms, 'tier' }
end

throughput_trim(flight.throughput, now)
ms = throughput_wait(flight, number.throughput, redis.call('ZRANK', flight.admitted, mid), now)
if ms > 0 then
  waits_for('throughput')
  return { 'wait', {}, ms }
end

-- Its files must be at Meta before anything is taken: an upload can last longer than a lease.
if facts.files and ARGV[13] ~= 'ready' then
  if ARGV[13] ~= '' then return later('media', tonumber(ARGV[13])) end
  waits_for('media')
  return { 'media', {}, alternative, record[6] }
end

pair_take(KEYS[4], now)
local attempt = tonumber(record[2]) + 1
local lease = now + tonumber(ARGV[4])
redis.call('HSET', KEYS[1], 'state', 'attempting', 'attempt', attempt, 'lease', lease, 'started', now,
  'life', note(life, 'c', now, attempt, alternative ~= '' and 't' or nil))
if life.waits ~= '' then redis.call('HSET', KEYS[1], 'waits', end_wait(life, now)) end
if member and number.tier_limit >= 0 then tier_take(KEYS[1], KEYS[5], member, record[8], now) end
redis.call('ZADD', flight.outbox, lease, mid)
redis.call('ZREM', flight.admitted, mid)
redis.call('ZADD', flight.attempting, now, mid)
return { 'go', admit(flight, number, now), attempt, tonumber(record[3] or '0'), alternative, record[5], record[6],
  heard[3] or '' }
