-- KEYS: open, closed
-- ARGV: sentinel, its time to live in seconds, 1 if this is a retry that may find its own sentinel
-- Returns 1, or 0 if the run is open.
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then
  redis.call('DEL', KEYS[2])
  return 1
end
if ARGV[3] == '1' and redis.call('GET', KEYS[1]) == ARGV[1] then
  return 1
end
return 0
