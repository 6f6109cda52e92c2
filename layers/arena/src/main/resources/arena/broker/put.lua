-- KEYS: subscribers
-- ARGV: connection, next seq, maximum number of connections
-- Returns 1, or 0 if that number is reached.
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3])
    and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], IDLE_SECONDS)
return 1
