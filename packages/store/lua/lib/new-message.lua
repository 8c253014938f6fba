-- A new message: its record, its place at the end of its chain and, if it is the first there, in its number's lane.
-- `data`, `body` and `facts` are JSON.
local function add_message(record, chain, flight, message, now)
  local entry = message.mid .. message.cid
  redis.call('HSET', record, 'state', 'queued', 'attempt', 0, 'created', now, 'number', message.number, 'data', message.data,
    'body', message.body, 'facts', message.facts)
  if redis.call('RPUSH', chain, entry) == 1 then
    redis.call('RPUSH', flight[message.class], entry)
  else
    redis.call('HSET', record, 'life', 'b:0:' .. redis.call('LLEN', chain) - 1)
  end
  redis.call('ZADD', flight.outbox, '+inf', message.mid)
end
