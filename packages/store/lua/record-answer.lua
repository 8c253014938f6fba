-- record-answer: what came of a call that a turn asked for, before the turn may see it.
-- uses: full
-- KEYS  1 inbox, 2 conversation
-- ARGV  1 evt, 2 version that the turn saw, 3 key of the call, 4 result as JSON, 5 keep s
-- returns { 'ok', the result that stands }, or { 'stale' }: somebody else owns the conversation now
-- invariant: the first result of a call stands, so whoever repeats the turn sees the same one.
local head = redis.call('LINDEX', KEYS[1], 0)
local seen = redis.call('HMGET', KEYS[2], 'version', 'journal_evt', 'journal')
if not head or string.sub(head, 1, 32) ~= ARGV[1] or (seen[1] or '0') ~= ARGV[2] then return { 'stale' } end

-- The call has been made, and would be made again.
go_on_when_full(KEYS[2])
-- Results are kept as the texts that they came as: decoded here, an empty list would come back as an object.
local journal = seen[2] == ARGV[1] and cjson.decode(seen[3]) or {}
for i = 1, #journal, 2 do
  if journal[i] == ARGV[3] then return { 'ok', journal[i + 1] } end
end
journal[#journal + 1] = ARGV[3]
journal[#journal + 1] = ARGV[4]
redis.call('HSET', KEYS[2], 'journal_evt', ARGV[1], 'journal', cjson.encode(journal))
-- The conversation of a contact who writes for the first time is new here.
if redis.call('TTL', KEYS[2]) < 0 then redis.call('EXPIRE', KEYS[2], ARGV[5]) end
return { 'ok', ARGV[4] }
