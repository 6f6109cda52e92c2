-- KEYS: open, seq, events
-- Returns {1 if open, last seq, entries, seq of the first entry or 0}.
local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)
return {
  redis.call('EXISTS', KEYS[1]),
  last_seq(KEYS[2], KEYS[3]),
  redis.call('XLEN', KEYS[3]),
  oldest[1] and seq_of(oldest[1]) or 0,
}
