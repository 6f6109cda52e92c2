-- KEYS: open, closed, seq, events, loss, base
-- ARGV: sentinel, its time to live in seconds, the next seq to publish, approximate length of the stream
-- Returns the next seq that the run accepts.
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
redis.call('DEL', KEYS[2])
mark_loss(KEYS[5])
local wanted = tonumber(ARGV[3]) - 1
local last = consistent_seq(KEYS[3], KEYS[4], KEYS[6], tonumber(ARGV[4]))
if last and last >= wanted then
  return last + 1
end
-- The remaining entries would leave a gap in the stream, which readers would not notice. Without
-- these entries they get an overflow.
redis.call('UNLINK', KEYS[3], KEYS[4])
if wanted > 0 then
  redis.call('SET', KEYS[3], digits(wanted), 'EX', IDLE_SECONDS)
end
redis.call('SET', KEYS[6], digits(wanted), 'EX', IDLE_SECONDS)
return wanted + 1
