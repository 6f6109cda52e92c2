-- KEYS: subscribers, generation, lease, loss, open, closed, seq, events
-- ARGV: 1 if every reader is behind, number of readers that need not be returned if no other one is
--       behind, number of readers to skip, maximum number of readers returned
-- Returns {1 if open, 1 if closed, last seq, number of the loss or 0, readers, readers behind, and
-- of those a connection and its cursor each, the foremost first}.
forget_earlier_life(KEYS[1], KEYS[2], KEYS[3], KEYS[4])
local last = last_seq(KEYS[7], KEYS[8])
local highest = ARGV[1] == '1' and '+inf' or digits(last)
local behind = redis.call('ZCOUNT', KEYS[1], '-inf', highest)
local answer = {
  redis.call('EXISTS', KEYS[5]),
  redis.call('EXISTS', KEYS[6]),
  last,
  tonumber(redis.call('GET', KEYS[4]) or '0'),
  redis.call('ZCARD', KEYS[1]),
  behind,
}
if behind > tonumber(ARGV[2]) then
  local readers = redis.call('ZREVRANGEBYSCORE', KEYS[1], highest, '-inf', 'WITHSCORES',
      'LIMIT', ARGV[3], ARGV[4])
  for _, value in ipairs(readers) do
    answer[#answer + 1] = value
  end
end
return answer
