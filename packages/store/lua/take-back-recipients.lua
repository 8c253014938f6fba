-- take-back-recipients: messages of a broadcast that does not run are withdrawn, and their recipients are as if never fed.
-- uses: clock, flight, limits, take-off, withdraw
-- KEYS  1 broadcast, 2 outcomes, 3 open recipients, 4 tier ledger, 5-18 flight; then for each: record, chain
-- ARGV  1 number, 2 keep s; then for each: how the open ones name it (index:cid), entry
-- returns how many were taken back; -1 when the broadcast runs
-- invariant: a message goes and its byte with it, in one moment. What a sender has is left to it.
local seen = redis.call('HMGET', KEYS[1], 'state', 'fed')
if not seen[1] or seen[1] == 'running' then return -1 end
local flight, now = flight_at(5), now_ms()
local key, taken, fed = 19, 0, tonumber(seen[2])
for arg = 3, #ARGV, 2 do
  local index = string.match(ARGV[arg], '^%d+')
  local message = { entry = ARGV[arg + 1], class = 'broadcast', number = ARGV[1], keep = ARGV[2] }
  if withdraw_message(KEYS[key], KEYS[key + 1], KEYS[4], flight, message, now) == 'withdrawn' then
    redis.call('SETRANGE', KEYS[2], index, '\0')
    redis.call('ZREM', KEYS[3], ARGV[arg])
    fed, taken = math.min(fed, tonumber(index)), taken + 1
  end
  key = key + 2
end
if taken > 0 then redis.call('HSET', KEYS[1], 'fed', string.format('%.0f', fed)) end
return taken
