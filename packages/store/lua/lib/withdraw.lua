-- Takes a message that waits off the books, wherever it waits, as if it had never been queued; what `withdraw` says of it.
-- `flight`, `limits`, `clock` and `take-off` are used. What is left of one that was attempted is how often. `message`: entry, class, number
-- and, in seconds, how long that is kept.
local function withdraw_message(record, chain, ledger, flight, message, now)
  local seen = redis.call('HMGET', record, 'state', 'attempt', 'unknown_retries')
  if seen[1] == 'attempting' or seen[1] == 'unknown' then return 'busy' end
  if seen[1] ~= 'queued' then return 'gone' end
  local attempts = tonumber(seen[2])
  if seen[3] then return 'busy' end
  for n = 1, attempts do
    local taken = redis.call('HMGET', record, 'ok:' .. n, 'failed:' .. n)
    if taken[1] or taken[2] then return 'busy' end
  end
  tier_give_back(record, ledger, flight, message.number, now)
  take_off(chain, flight, message.number, message.entry, message.class, now)
  redis.call('DEL', record)
  if attempts > 0 then
    redis.call('HSET', record, 'state', 'withdrawn', 'attempt', attempts)
    redis.call('EXPIRE', record, message.keep)
  end
  return 'withdrawn'
end
