-- KEYS: open, subscribers, then the buffer's other keys, then the readers' other keys
-- ARGV: how many keys the buffer has, the sentinel among them
-- Answers 1, or 0 if the run is open.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
-- Readers who are there, or came just now, are not forgotten: the archive has their events.
local last = redis.call('EXISTS', KEYS[2]) == 1 and tonumber(ARGV[1]) + 1 or #KEYS
redis.call('UNLINK', unpack(KEYS, 3, last))
return 1
