-- Redis's own clock, in milliseconds: every lease, window and token is measured by it.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
