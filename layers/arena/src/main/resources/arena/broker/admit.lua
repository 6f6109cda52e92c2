-- KEYS: admissions of the connection
-- ARGV: run, maximum for the run, maximum for the connection, seconds after which both counts restart
-- Returns 1, or 0 if a maximum is reached; then nothing is counted.
local of_run = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
local all = tonumber(redis.call('HGET', KEYS[1], 'all') or '0')
if of_run >= tonumber(ARGV[2]) or all >= tonumber(ARGV[3]) then
  return 0
end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('HINCRBY', KEYS[1], 'all', 1)
if all == 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[4])
end
return 1
