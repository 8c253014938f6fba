-- Notes which attempt a wamid belongs to (mid .. attempt) and returns the statuses that came for it before. They stay until
-- their time is over, so that whoever asks again gets them again.
local function remember_wamid(wamids, early, short, owner, keep)
  redis.call('HSET', wamids, short, owner)
  if redis.call('HLEN', wamids) == 1 then redis.call('EXPIRE', wamids, keep) end
  return redis.call('LRANGE', early, 0, -1)
end
