-- KEYS: open, seq, events, subscribers, lease, loss, base
-- ARGV: seq of the first envelope, approximate length of the stream, the envelopes
-- Returns {'published', last seq, 1 if a fan-out must be invoked}, {'not open'} or {'gap', last seq}.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return {'not open'}
end
local first = tonumber(ARGV[1])
local before = consistent_seq(KEYS[2], KEYS[3], KEYS[7], tonumber(ARGV[2]))
if not before or first > before + 1 then
  return {'gap', before or 0}
end
local last = math.max(before, first + #ARGV - 3)
if last > before then
  for seq = before + 1, last do
    redis.call('XADD', KEYS[3], digits(seq) .. '-0', 'envelope', ARGV[seq - first + 3])
  end
  redis.call('XTRIM', KEYS[3], 'MAXLEN', '~', ARGV[2])
  redis.call('EXPIRE', KEYS[3], IDLE_SECONDS)
  redis.call('SET', KEYS[2], digits(last), 'EX', IDLE_SECONDS)
end
local waiting = redis.call('EXISTS', KEYS[4], KEYS[6]) > 0 and redis.call('EXISTS', KEYS[5]) == 0
return {'published', last, waiting and 1 or 0}
