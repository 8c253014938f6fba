-- spend-call: one call of the API from its caller's bucket, if there is one.
-- uses: clock
-- KEYS  1 bucket
-- ARGV  1 calls a second, 2 the most at once
-- returns { 1 or 0, calls that are left, ms until there is one, ms until all are there again }
-- invariant: between any two moments nobody spends more than the most at once and what has flowed in, also when the clock goes back.
local rate, most = tonumber(ARGV[1]) / 1000, tonumber(ARGV[2])
local seen = redis.call('HMGET', KEYS[1], 'level', 'at')
local now, level = now_ms(), most
if seen[2] then
  level = math.min(most, tonumber(seen[1]) + math.max(0, now - tonumber(seen[2])) * rate)
  now = math.max(now, tonumber(seen[2]))
end
local spent = level >= 1
if spent then level = level - 1 end
local full = math.ceil((most - level) / rate)
redis.call('HSET', KEYS[1], 'level', string.format('%.6f', level), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.max(1, full))
return { spent and 1 or 0, math.floor(level), math.max(0, math.ceil((1 - level) / rate)), full }
