-- KEYS: lease, subscribers, seq, events, closed, loss
-- ARGV: fencing number
-- Returns 1 if the lease was released or lost, 0 if there is work and it is kept.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 1
end
if redis.call('EXISTS', KEYS[6]) == 1 then
  return 0
end
local last = last_seq(KEYS[3], KEYS[4])
local closed = redis.call('EXISTS', KEYS[5]) == 1
for _, cursor in ipairs(redis.call('HVALS', KEYS[2])) do
  if closed or tonumber(cursor) <= last then
    return 0
  end
end
redis.call('DEL', KEYS[1])
return 1
