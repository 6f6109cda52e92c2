-- KEYS: subscribers, then the keys of the buffer, then the readers' other keys
-- ARGV: number of keys of the buffer
-- Only deletes, so that it works when the memory is full.
-- The keys of existing readers are kept; they are served from the archive.
local last = redis.call('EXISTS', KEYS[1]) == 1 and tonumber(ARGV[1]) + 1 or #KEYS
redis.call('UNLINK', unpack(KEYS, 2, last))
return 1
