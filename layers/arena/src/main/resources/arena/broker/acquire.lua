-- KEYS: lease, fence
-- ARGV: how long it holds in milliseconds, a token of this very call
-- Answers the fencing number, or 0 if somebody holds the lease.
local number, token = string.match(redis.call('GET', KEYS[2]) or '0 -', '^(%d+) (.+)$')
local holder = redis.call('GET', KEYS[1])
if holder then
  -- The call came twice, since its first answer was lost on the way.
  return token == ARGV[2] and holder == number and tonumber(number) or 0
end
-- The clock makes it grow also when the number before was lost.
local time = redis.call('TIME')
local fence = math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), tonumber(number) + 1)
redis.call('SET', KEYS[2], digits(fence) .. ' ' .. ARGV[2], 'EX', IDLE_SECONDS)
redis.call('SET', KEYS[1], digits(fence), 'PX', ARGV[1])
return fence
