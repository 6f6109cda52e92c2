-- KEYS: subscribers, then the keys of the buffer, then the readers' other keys
-- ARGV: number of keys of the buffer
-- Returns the number of keys of the buffer that existed.
-- Only deletes, so that it works when the memory is full.
local last = tonumber(ARGV[1]) + 1
-- The keys of existing readers are kept; they are served from the archive.
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('UNLINK', unpack(KEYS, last + 1))
end
return redis.call('UNLINK', unpack(KEYS, 2, last))
