-- turn-broadcast: a broadcast goes from one state to another.
-- uses: clock
-- KEYS  1 broadcast, 2 recipients, 3 outcomes, 4 who is among a draft's recipients, 5 open recipients, 6 feeds
-- ARGV  1 mark (tenant/team), 2 states that it may come from, space between and around, 3 the new one, 4 how feeds name it, 5 when somebody
--       looks at it (Unix ms; '' now), 6 keep s or '' for ever, 7 '1' when nobody may be left to be written to, 8.. fields and their values
-- returns { 'ok', the state before }, { 'no', state } where it may not, { 'empty', state } without recipients, { 'left', state } when
--         somebody is still to be written to, or { 'none', '' }
-- invariant: what a draft holds is fixed when it leaves that state.
local seen = redis.call('HMGET', KEYS[1], 'mark', 'state', 'fed', 'total', 'started')
if seen[1] ~= ARGV[1] then return { 'none', '' } end
local state, to, now = seen[2], ARGV[3], now_ms()
if not string.find(ARGV[2], ' ' .. state .. ' ', 1, true) then return { 'no', state } end
if state == 'draft' and to ~= 'cancelled' then
  local total = redis.call('LLEN', KEYS[2])
  if total == 0 then return { 'empty', state } end
  redis.call('HSET', KEYS[1], 'total', total, 'fed', 0)
  redis.call('SETRANGE', KEYS[3], total - 1, '\0')
end
if ARGV[7] == '1' and (seen[3] ~= seen[4] or redis.call('EXISTS', KEYS[5]) == 1) then return { 'left', state } end
redis.call('UNLINK', KEYS[4])
redis.call('HSET', KEYS[1], 'state', to, 'changed', now)
redis.call('HDEL', KEYS[1], 'reason')
if to == 'running' then redis.call('HSET', KEYS[1], 'began', now) end
if to == 'running' and not seen[5] then redis.call('HSET', KEYS[1], 'started', now) end
if to == 'done' or to == 'cancelled' then redis.call('HSET', KEYS[1], 'ended', now) end
if #ARGV > 7 then redis.call('HSET', KEYS[1], unpack(ARGV, 8)) end
-- Whatever comes of it, somebody has to see to those that are on their way.
redis.call('ZADD', KEYS[6], ARGV[5] == '' and now or ARGV[5], ARGV[4])
for i = 1, 5 do
  if ARGV[6] == '' then redis.call('PERSIST', KEYS[i]) else redis.call('EXPIRE', KEYS[i], ARGV[6]) end
end
return { 'ok', state }
