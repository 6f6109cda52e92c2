-- KEYS: open, subscribers, then the buffer's other keys, then the readers' other keys
-- ARGV: number of keys of the buffer, including the sentinel
-- Returns 1, or 0 if the run is open.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
-- The keys of existing readers are kept; they are served from the archive.
local last = redis.call('EXISTS', KEYS[2]) == 1 and tonumber(ARGV[1]) + 1 or #KEYS
redis.call('UNLINK', unpack(KEYS, 3, last))
return 1
