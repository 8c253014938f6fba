-- foresee: what would become of a message if it were queued and claimed now, and how much room there is. Changes nothing.
-- uses: clock, flight, moved, wish
-- KEYS  1 record, 2 chain, 3 conversation, 4 optouts, 5 templates, 6 tier ledger, 7-20 flight
-- ARGV  1 number, 2 throughput, 3 tier limit (-1 none), 4 day ms, 5 window ms, 6 facts
-- returns { 'into', cid }: the conversation has become part of this one: ask again with that one's keys
--         { 'seen', data of the record or '', reason or '', tier limit, contacts that it counts, messages that wait, those of the chain }
-- invariant: it says what `claim` would say of contact and window; `claim` has the last word.
local heard = redis.call('HMGET', KEYS[3], 'last', 'closed', 'moved', 'into', 'who')
if heard[4] then return { 'into', heard[4] } end
local flight, now, facts = flight_at(7), now_ms(), cjson.decode(ARGV[6])
local number = read_number(flight, ARGV[1], ARGV[2], ARGV[3])
local record = redis.call('HMGET', KEYS[1], 'state', 'data')
local data = record[1] and record[1] ~= 'withdrawn' and record[2] or ''

local function stopped_by()
  local open = heard[1] and tonumber(heard[1]) > tonumber(heard[2] or '-1') and tonumber(heard[1]) * 1000 + tonumber(ARGV[5]) > now
  local template, category = facts.template, facts.category
  if not template and not open then
    if facts.outside == 'skip' then return '' end
    if not facts.outside then return 'window_closed' end
    template, category = facts.outside, facts.outside_category
  end
  local known, ids, is_in = {}, {}, {}
  for id in string.gmatch(heard[5] or '', '%S+') do known[#known + 1] = id end
  for _, list in ipairs({ (heirs_of(heard[3], facts.who)), (heirs_of(heard[3], known)) }) do
    for _, id in ipairs(list) do
      if not is_in[id] then ids[#ids + 1], is_in[id] = id, true end
    end
  end
  local scope, why = opted_out(KEYS[4], ids, now)
  if not scope then return '' end
  if template then category = redis.call('HGET', KEYS[5], 'category/' .. string.match(template, '^[^:]+')) or category end
  local is_marketing = template and category ~= 'UTILITY' and category ~= 'AUTHENTICATION'
  return (scope == 'all' or is_marketing) and why or ''
end

local waiting = redis.call('ZCARD', flight.admitted) + redis.call('ZCARD', flight.later) + redis.call('LLEN', flight.tierwait)
for _, class in ipairs({ 'reply', 'notification', 'broadcast' }) do waiting = waiting + redis.call('LLEN', flight[class]) end
local used = redis.call('ZCOUNT', KEYS[6], '(' .. string.format('%.0f', now - tonumber(ARGV[4])), '+inf')
return { 'seen', data, stopped_by(), number.tier_limit, used, waiting, redis.call('LLEN', KEYS[2]) }
