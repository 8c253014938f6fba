-- What subscribers are told that no turn decides. `outside`: the stream, about how many it keeps, and the types that somebody wants,
-- with a space around each; of the others nothing is written.
local function wants(outside, type)
  return string.find(outside.wanted, ' ' .. type .. ' ', 1, true) ~= nil
end

-- `data` is that of a message: whose it is, and with whom. The same message and cause give the same id.
local function add_outside(outside, type, data, cause, at, payload)
  local id = string.sub(redis.sha1hex(table.concat({ type, data.mid, cause }, ':')), 1, 32)
  redis.call('XADD', outside.emitted, 'MAXLEN', '~', outside.most, '*', 'id', id, 'tenant', data.tenant, 'team', data.team,
    'number', data.number, 'cid', data.cid, 'type', type, 'at', string.format('%.0f', at), 'payload', cjson.encode(payload))
end

local function filled(text)
  if text and text ~= '' then return text end
end

-- What became of an attempt of a message: each type of event once, however often and by whom it is heard. `at` in Unix s; `said`: wamid,
-- code, reason, state.
local function tell_message(outside, record, type, attempt, at, said)
  if not wants(outside, type) then return end
  local text = redis.call('HGET', record, 'data')
  if not text or redis.call('HSETNX', record, 'told:' .. type .. ':' .. attempt, '1') == 0 then return end
  local data, code = cjson.decode(text), filled(said.code)
  add_outside(outside, type, data, attempt, at, {
    message_id = data.mid,
    wamid = filled(said.wamid),
    state = said.state or string.match(type, '[^.]+$'),
    code = tonumber(code) or code,
    reason = filled(said.reason),
    class = data.class,
    kind = data.kind,
    event = data.evt,
    broadcast = data.broadcast,
  })
end

-- Meta said with a failure that the contact wants no marketing.
local function tell_refusal(outside, record, attempt, at, code)
  if not wants(outside, 'contact.opted_out') then return end
  local text = redis.call('HGET', record, 'data')
  if not text then return end
  add_outside(outside, 'contact.opted_out', cjson.decode(text), attempt, at, { scope = 'marketing', source = 'error_' .. code })
end
