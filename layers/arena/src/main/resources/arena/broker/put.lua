-- KEYS: subscribers, generation, lease, loss, ended
-- ARGV: connection, next seq, maximum number of connections
-- Returns 1, or 0 if that number is reached.
local life = forget_earlier_life(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[3])
    and not redis.call('ZSCORE', KEYS[1], ARGV[1]) then
  return 0
end
redis.call('DEL', KEYS[5])
set_cursor(KEYS[1], KEYS[2], life, ARGV[1], ARGV[2])
return 1
