-- A way to name a contact: an alias. Its value is whose it is and whose it was, the newest first, `|` between: each the conversation,
-- when that was made, since when the name is known to be its ('' when both are one), and until when it was. Times in Unix s and hex.
-- What it is now has no end; a number that was left and that nobody was heard under since has no conversation there.
local function parse_period(text)
  local cid, born, since, ended = string.match(text, '^(%x*):?(%x*):?(%x*):?(%x*)$')
  born = tonumber('0' .. born, 16)
  return { cid = cid ~= '' and cid or nil, born = born, since = since == '' and born or tonumber(since, 16),
    ended = ended ~= '' and tonumber(ended, 16) or nil }
end

local function parse_name(key)
  local value = redis.call('GET', key)
  if not value then return { key = key, periods = { { born = 0, since = 0 } } } end
  local name = { key = key, periods = {} }
  if not string.find(value, '|', 1, true) then
    name.periods[1] = parse_period(value)
    return name
  end
  for part in string.gmatch(value, '[^|]+') do name.periods[#name.periods + 1] = parse_period(part) end
  return name
end

-- Whose the name is for what is said at a time. What came late goes to whom it was then. What the business's own systems
-- say under a name that was left is meant for whom they know by it, until its next owner is heard.
local function read_name(key, at, is_ours)
  local name = parse_name(key)
  local periods = name.periods
  name.period = periods[1]
  for i = #periods, 2, -1 do
    if at <= periods[i].ended then
      name.period = periods[i]
      break
    end
  end
  for i = 2, #periods do
    if is_ours and not name.period.cid then name.period = periods[i] end
  end
  name.owner = name.period.cid
  return name
end

local function format_period(period)
  local text = string.format('%s:%x', period.cid or '', period.born)
  if period.ended then return string.format('%s:%x:%x', text, period.since, period.ended) end
  return period.since == period.born and text or string.format('%s:%x', text, period.since)
end

-- Leads the name to the conversation that was made at `born`, for what is said around `at`.
local function keep_name(name, cid, born, at, keep)
  local period = name.period
  if period.cid == cid and period.born <= at and period.since <= at then
    redis.call('EXPIRE', name.key, keep)
    return
  end
  if period.cid == cid then
    period.born, period.since = math.min(period.born, at), math.min(period.since, at)
  elseif not period.cid then
    period.cid, period.born, period.since = cid, born, at
  end
  local parts = {}
  for i, each in ipairs(name.periods) do parts[i] = format_period(each) end
  redis.call('SET', name.key, table.concat(parts, '|'), 'EX', keep)
end
