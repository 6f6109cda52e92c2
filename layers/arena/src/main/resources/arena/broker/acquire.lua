-- KEYS: lease, fence, subscribers, generation, loss
-- ARGV: duration of the lease in milliseconds, token that identifies this call
-- Returns the fencing number, or 0 if the lease is held.
forget_earlier_life(KEYS[3], KEYS[4], KEYS[1], KEYS[5])
local number, token = string.match(redis.call('GET', KEYS[2]) or '0 -', '^(%d+) (.+)$')
local holder = redis.call('GET', KEYS[1])
if holder then
  -- A retry of the call whose first response was lost.
  return token == ARGV[2] and holder == number and tonumber(number) or 0
end
-- Based on the clock, so that the number increases even if the previous one was lost.
local time = redis.call('TIME')
local fence = math.max(tonumber(time[1]) * 1000000 + tonumber(time[2]), tonumber(number) + 1)
redis.call('SET', KEYS[2], digits(fence) .. ' ' .. ARGV[2], 'EX', IDLE_SECONDS)
redis.call('SET', KEYS[1], digits(fence), 'PX', ARGV[1])
return fence
