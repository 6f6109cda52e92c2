-- KEYS: lease, subscribers, streams_dropped
-- ARGV: fencing number, connection, expected cursor, 1 if it counts as dropped
-- Returns 1, or 0 if the lease was lost or the cursor is different.
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then
  return 0
end
redis.call('HDEL', KEYS[2], ARGV[2])
if ARGV[4] == '1' then
  redis.call('INCR', KEYS[3])
end
return 1
