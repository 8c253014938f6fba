-- A number's throughput as a token bucket: 92 % of the limit flows in, 8 % of it may stand in the bucket, so
-- that no second ever sees more than the limit, and a message may be 80 ms late on its way in a busy second.
-- Takes one token: 0, or the milliseconds until there is one, when nothing is taken.
local function throughput_take(key, limit, now)
  local bucket = redis.call('HMGET', key, 'level', 'at')
  local level = math.max(1, limit * 0.08)
  if bucket[1] then
    local elapsed = math.max(0, now - tonumber(bucket[2]))
    level = math.min(level, tonumber(bucket[1]) + elapsed * limit * 0.92 / 1000)
  end
  if level < 1 then return math.ceil((1 - level) * 1000 / (limit * 0.92)) end
  redis.call('HSET', key, 'level', tostring(level - 1), 'at', now)
  return 0
end
