-- redeliver: events that a subscriber did not take go to it once more, at the end of the stream.
-- KEYS  1 emitted, 2 undelivered, 3 undelivered events
-- ARGV  1 about how many emitted events are kept; then the ids of the undelivered
-- returns how many there were
-- invariant: an event is in the stream when it is no more among the undelivered, so twice is once. Nobody but its subscriber hears it.
local found = 0
for arg = 2, #ARGV do
  local text = redis.call('HGET', KEYS[3], ARGV[arg])
  if text then
    local kept = cjson.decode(text)
    local fields = { 'only', kept.subscriber }
    for index = 1, #kept.fields, 2 do
      if kept.fields[index] ~= 'only' then
        fields[#fields + 1], fields[#fields + 2] = kept.fields[index], kept.fields[index + 1]
      end
    end
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', unpack(fields))
    redis.call('HDEL', KEYS[3], ARGV[arg])
    redis.call('ZREM', KEYS[2], ARGV[arg])
    found = found + 1
  end
end
return found
