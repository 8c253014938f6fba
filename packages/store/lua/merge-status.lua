-- merge-status: receipts into message records, in any order and number.
-- uses: clock, admit, final
-- KEYS  1 dead; then for each status: record, statuses seen of the number
-- ARGV  1 keep s; then for each status: mid, attempt, rank (0 failed, 1 sent, 2 delivered, 3 read, 4 played), wamid, code, number
-- returns for each status: 'merged', 'settle' (the message is final now: its chain may move on), or 'unmatched'
-- invariant: ranks only rise, delivered beats failed, failed beats sent: every order ends the same; twice is once.
local function die(record, mid, wamid, code)
  redis.call('HSET', record, 'state', 'dead', 'reason', 'undeliverable', 'code', code, 'wamid', wamid)
  bury(KEYS[1], mid, ARGV[1])
end

local function live(record, mid, wamid)
  redis.call('HSET', record, 'state', 'sent', 'wamid', wamid)
  redis.call('HDEL', record, 'lease', 'not_before', 'reason')
  redis.call('ZREM', KEYS[1], mid)
end

local function merge(record, mid, attempt, rank, wamid, code, number)
  local seen = redis.call('HMGET', record, 'state', 'attempt', 'rank', 'failed', 'number')
  local state, best = seen[1], tonumber(seen[3] or '0')
  if not state or seen[5] ~= number or tonumber(attempt) > tonumber(seen[2]) then return 'unmatched' end
  if rank == 0 then
    redis.call('HSET', record, 'failed', attempt)
    if best >= 2 or attempt ~= seen[2] or state == 'queued' or state == 'dead' then return 'merged' end
    die(record, mid, wamid, code)
    return 'settle'
  end
  if rank > best then redis.call('HSET', record, 'rank', rank) end
  if state == 'sent' or (rank == 1 and seen[4] == attempt) then return 'merged' end
  live(record, mid, wamid)
  return 'settle'
end

local results = {}
local key = 2
for arg = 2, #ARGV, 6 do
  local record, mid = KEYS[key], ARGV[arg]
  local result =
    merge(record, mid, ARGV[arg + 1], tonumber(ARGV[arg + 2]), ARGV[arg + 3], ARGV[arg + 4], ARGV[arg + 5])
  local started = result ~= 'unmatched' and redis.call('HGET', record, 'started')
  if started then
    -- The three newest attempts that have had a status: what proves the status path alive.
    redis.call('ZADD', KEYS[key + 1], started, mid)
    redis.call('ZREMRANGEBYRANK', KEYS[key + 1], 0, -4)
    redis.call('EXPIRE', KEYS[key + 1], ARGV[1])
  end
  results[#results + 1] = result
  key = key + 2
end
return results
