-- KEYS: lease, subscribers
-- ARGV: fencing number, connection, expected cursor, new cursor
-- Returns 1, or 0 if the lease was lost or the cursor is different.
if not holds_cursor(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]) then
  return 0
end
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[2])
redis.call('EXPIRE', KEYS[2], IDLE_SECONDS)
return 1
