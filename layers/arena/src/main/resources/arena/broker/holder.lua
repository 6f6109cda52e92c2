-- KEYS: lease, subscribers, loss
-- Returns {when the lease expires, in milliseconds of the server's clock, or 0 if it is not held,
-- 1 if the run has readers or a loss}.
local time = redis.call('TIME')
local left = redis.call('PTTL', KEYS[1])
return {
  left > 0 and tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) + left or 0,
  redis.call('EXISTS', KEYS[2], KEYS[3]) > 0 and 1 or 0,
}
