-- What happened to a message, for people who ask; no script decides anything by it. `life` in its record: words with a space between,
-- each a letter and what belongs to it with `:` between, first the ms since the message was made. packages/store/src/life reads them.
-- A life that never ends keeps its beginning and its end; `~` stands where words are gone.
local LIFE_HEAD, LIFE_TAIL = 400, 800

local function life_of(created, text, waits)
  return { created = tonumber(created), text = text or '', waits = waits or '' }
end

-- Ms since the message was made; a clock that is put back says 0.
local function age_at(life, at)
  return string.format('%.0f', math.max(0, at - (life.created or at)))
end

local function note(life, letter, at, ...)
  local word = table.concat({ letter, age_at(life, at), ... }, ':')
  local text = life.text == '' and word or life.text .. ' ' .. word
  if #text > LIFE_HEAD + LIFE_TAIL + 100 then
    text = string.match(string.sub(text, 1, LIFE_HEAD), '^(.*) ') .. ' ~' .. string.match(string.sub(text, -LIFE_TAIL), ' .*$')
  end
  life.text = text
  return text
end

-- `waits` in the record: for each thing that the message waited for: its name, since when first, how often it was told to, how many ms
-- in all and, while it does, since when.
local function end_wait(life, at)
  local now = tonumber(age_at(life, at))
  life.waits = string.gsub(life.waits, '(%l+:%d+:%d+):(%d+):(%d+)$', function(wait, total, since)
    return string.format('%s:%.0f', wait, total + math.max(0, now - since))
  end)
  return life.waits
end

-- The one that lasts stands last.
local function begin_wait(life, scope, at)
  end_wait(life, at)
  local now, kept, first, count, total = age_at(life, at), {}, nil, 0, '0'
  for word in string.gmatch(life.waits, '%S+') do
    local own = string.match(word, '^' .. scope .. ':(.*)$')
    if own then first, count, total = string.match(own, '^(%d+):(%d+):(%d+)$') else kept[#kept + 1] = word end
  end
  kept[#kept + 1] = table.concat({ scope, first or now, count + 1, total, now }, ':')
  life.waits = table.concat(kept, ' ')
  return life.waits
end
