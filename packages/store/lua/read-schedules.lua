-- read-schedules: where schedules stand.
-- uses: clock
-- KEYS  1.. schedules
-- returns { now in ms, then for each: next occurrence or '', occurrence that runs or '' }
-- invariant: changes nothing; the time is what Redis's clock says, not the caller's.
local result = { now_ms() }
for _, key in ipairs(KEYS) do
  local seen = redis.call('HMGET', key, 'next', 'running')
  result[#result + 1] = seen[1] or ''
  result[#result + 1] = seen[2] or ''
end
return result
