-- What happened in a conversation, for people who ask: a list, the newest first; each entry is its time (Unix ms) and JSON, a space between.
-- For as long as the records of messages are kept.
local TRACE_MAX, TRACE_KEEP = 100, 691200

local function add_trace(trace, line, now)
  redis.call('LPUSH', trace, string.format('%.0f ', now) .. line)
  redis.call('LTRIM', trace, 0, TRACE_MAX - 1)
  redis.call('EXPIRE', trace, TRACE_KEEP)
end

-- Two become one, by time; `other` goes.
local function join_traces(trace, other)
  local others = redis.call('LRANGE', other, 0, -1)
  if #others == 0 then return end
  local all = redis.call('LRANGE', trace, 0, -1)
  for _, entry in ipairs(others) do all[#all + 1] = entry end
  local function at(entry) return tonumber(string.match(entry, '^%d+')) end
  table.sort(all, function(one, two) return at(one) > at(two) end)
  redis.call('DEL', trace, other)
  redis.call('RPUSH', trace, unpack(all, 1, math.min(#all, TRACE_MAX)))
  redis.call('EXPIRE', trace, TRACE_KEEP)
end
