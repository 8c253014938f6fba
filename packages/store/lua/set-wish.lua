-- set-wish: a contact's wish that did not come as a message, such as Meta's own stop button.
-- uses: wish
-- KEYS  1 optouts
-- ARGV  1 contact ids (hashed, space between), 2 change (in or out), 3 scope (all or marketing), 4 at (Unix s), 5 source
-- returns 1
-- invariant: the later wish stays, in any order and number of calls.
for contact in string.gmatch(ARGV[1], '%S+') do
  set_wish(KEYS[1], contact, ARGV[2], ARGV[3], ARGV[4], ARGV[5])
end
return 1
