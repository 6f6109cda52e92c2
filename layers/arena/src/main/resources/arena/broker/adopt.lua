-- KEYS: subscribers, generation, lease, loss
-- ARGV: fencing number, connection, next seq, maximum number of connections
-- Returns 1, 0 if that number is reached, or -1 if the lease was lost.
local life = forget_earlier_life(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
if redis.call('GET', KEYS[3]) ~= ARGV[1] then
  return -1
end
local cursor = redis.call('ZSCORE', KEYS[1], ARGV[2])
if not cursor and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[4]) then
  return 0
end
-- The cursor may be of a later subscription of the connection: the lower one leaves no gap.
if not cursor or tonumber(cursor) > tonumber(ARGV[3]) then
  set_cursor(KEYS[1], KEYS[2], life, ARGV[2], ARGV[3])
end
return 1
