-- set-wish: contacts' wishes that did not come as messages, such as Meta's own stop button.
-- uses: clock, wish
-- KEYS  1 optouts, 2 emitted
-- ARGV  1 about how many emitted events are kept; then for each wish: contact ids (hashed, space between), change (in or out), scope (all
--       or marketing), at (Unix s), source, how many events tell it to subscribers; for each of them: how many texts, names and values in
--       turn
-- returns for each 1, or 0 when the contact is heard as before
-- invariant: the later wish stays, in any order and number of calls. Subscribers are told in the same step, and only when it is other
--            than before.
local results, now = {}, now_ms()
local arg = 2
while arg <= #ARGV do
  local contacts = {}
  for contact in string.gmatch(ARGV[arg], '%S+') do contacts[#contacts + 1] = contact end
  local is_other = change_wish(KEYS[1], contacts, ARGV[arg + 1], ARGV[arg + 2], ARGV[arg + 3], ARGV[arg + 4], now)
  local events = tonumber(ARGV[arg + 5])
  arg = arg + 6
  for _ = 1, events do
    local last = arg + tonumber(ARGV[arg])
    if is_other then redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*', unpack(ARGV, arg + 1, last)) end
    arg = last + 1
  end
  results[#results + 1] = is_other and 1 or 0
end
return results
