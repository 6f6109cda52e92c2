-- KEYS: open, closed, seq, events, loss
-- ARGV: sentinel, its time to live in seconds, the next seq to publish
-- Returns the next seq that the run accepts.
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('DEL', KEYS[2])
mark_loss(KEYS[5])
local last = last_seq(KEYS[3], KEYS[4])
local wanted = tonumber(ARGV[3]) - 1
if last < wanted then
  -- The remaining entries would leave a gap in the stream, which readers would not notice. Without
  -- these entries they get an overflow.
  redis.call('UNLINK', KEYS[4])
  last = wanted
end
if last > 0 then
  redis.call('SET', KEYS[3], digits(last), 'EX', IDLE_SECONDS)
end
return last + 1
