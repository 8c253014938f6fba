-- keep-flows: a set of flows by its hash, so that a run that waits can go on in it on any runner.
-- KEYS  1 manifest, 2.. sources
-- ARGV  1 keep s, 2 manifest; then for each source: '=' .. text, or '' when it may be known already
-- returns the places of the sources that are missing (from 1)
-- invariant: a manifest is there only with all its sources; being named again gives all of them a new life.
local missing = {}
for i = 2, #KEYS do
  local text = ARGV[i + 1]
  if redis.call('EXPIRE', KEYS[i], ARGV[1]) == 0 then
    if text == '' then
      missing[#missing + 1] = i - 1
    else
      redis.call('SET', KEYS[i], string.sub(text, 2), 'EX', ARGV[1])
    end
  end
end
if #missing == 0 and redis.call('EXPIRE', KEYS[1], ARGV[1]) == 0 then
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[1])
end
return missing
