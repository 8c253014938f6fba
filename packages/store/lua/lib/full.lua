-- A full Redis takes no write that may need memory, unless one that removes something came before it in the same script. So what must get
-- on, for there to be room again or for nothing to be done twice, begins with this. `key` is a hash, or missing.
local function go_on_when_full(key)
  redis.call('HDEL', key, '')
end
