-- KEYS: lease, subscribers, seq, events, closed, loss
-- ARGV: fencing number, 1 if every reader is behind
-- Returns 1 if the lease was released or lost, 0 if there is work and it is kept.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 1
end
if redis.call('EXISTS', KEYS[6]) == 1 then
  return 0
end
local all = ARGV[2] == '1' or redis.call('EXISTS', KEYS[5]) == 1
local highest = all and '+inf' or digits(last_seq(KEYS[3], KEYS[4]))
if redis.call('ZCOUNT', KEYS[2], '-inf', highest) > 0 then
  return 0
end
redis.call('DEL', KEYS[1])
return 1
