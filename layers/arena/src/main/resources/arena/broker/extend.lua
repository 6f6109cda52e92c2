-- KEYS: lease
-- ARGV: fencing number, duration from now in milliseconds
-- Returns 1, or 0 if the lease was lost.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
