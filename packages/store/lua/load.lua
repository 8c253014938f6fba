-- load: what the owner of a ready entry needs for the next turn.
-- uses: full
-- KEYS  1 ready, 2 inbox, 3 conversation
-- ARGV  1 group, 2 entry id, 3 '1' when the entry was taken over from a lost owner
-- returns {} when the inbox is empty (the entry is removed on sight) or the entry is gone, { item, cid } when the conversation has
--         become part of another, else { item, version, session, contact, last message time, owners lost on this event, scope of the
--         opt-out or '', journal of this event (key, result, key, result...) as JSON or '', ended ids as JSON or '' }
-- invariant: changes nothing but the count of lost owners and an entry without an inbox. Whoever's entry is gone owns the
--            conversation no more: what came since has an entry of its own, and another owner.
local item = redis.call('LINDEX', KEYS[2], 0)
if not item or #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) == 0 then
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
  redis.call('XDEL', KEYS[1], ARGV[2])
  return {}
end
local evt = string.sub(item, 1, 32)
local fields = redis.call('HMGET', KEYS[3], 'version', 'session', 'contact', 'last', 'lost_evt', 'lost', 'wish', 'journal_evt',
  'journal', 'moved', 'into')
if fields[11] then return { item, fields[11] } end
local lost = 0
if fields[5] == evt then lost = tonumber(fields[6]) end
if ARGV[3] == '1' then
  lost = lost + 1
  go_on_when_full(KEYS[3])
  redis.call('HSET', KEYS[3], 'lost_evt', evt, 'lost', lost)
end
local journal = fields[8] == evt and fields[9] or ''
return { item, fields[1] or '0', fields[2] or '', fields[3] or '', fields[4] or '0', lost, fields[7] or '', journal,
  fields[10] or '' }
