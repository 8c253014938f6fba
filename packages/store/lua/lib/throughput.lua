-- A number's throughput as a token bucket: 92 % of the limit flows in, 8 % of it may stand in the bucket, so
-- that no second ever sees more than the limit, and a message may be 80 ms late on its way in a busy second.
local function throughput_level(key, limit, now)
  local bucket = redis.call('HMGET', key, 'level', 'at')
  local capacity = math.max(1, limit * 0.08)
  if not bucket[1] then return capacity end
  local elapsed = math.max(0, now - tonumber(bucket[2]))
  return math.min(capacity, tonumber(bucket[1]) + elapsed * limit * 0.92 / 1000)
end

-- Milliseconds until one token is there; 0 when it is there now.
local function throughput_wait(key, limit, now)
  local level = throughput_level(key, limit, now)
  if level >= 1 then return 0 end
  return math.ceil((1 - level) * 1000 / (limit * 0.92))
end

local function throughput_take(key, limit, now)
  local level = throughput_level(key, limit, now) - 1
  redis.call('HSET', key, 'level', tostring(level), 'at', now)
  redis.call('PEXPIRE', key, 60000)
end
