-- KEYS: open, closed, seq, events, loss
-- ARGV: sentinel, its life in seconds, the next seq that is wanted
-- Answers the next seq that the run takes.
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('DEL', KEYS[2])
mark_loss(KEYS[5])
local last = last_seq(KEYS[3], KEYS[4])
local wanted = tonumber(ARGV[3]) - 1
if last < wanted then
  -- What is left is older than the wanted event's predecessor. With a hole in the stream a reader
  -- would pass it unawares; without the old part it gets an overflow.
  redis.call('UNLINK', KEYS[4])
  last = wanted
end
if last > 0 then
  redis.call('SET', KEYS[3], digits(last), 'EX', IDLE_SECONDS)
end
return last + 1
