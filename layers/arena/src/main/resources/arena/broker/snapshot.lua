-- KEYS: open, seq, events, closed, subscribers, lease, loss
-- ARGV: maximum number of readers returned
-- Returns the state of the run without changing it; see RedisInspection.
local function number_of(entries)
  return entries[1] and seq_of(entries[1]) or 0
end
local readers = redis.call('ZRANGE', KEYS[5], 0, tonumber(ARGV[1]) - 1, 'WITHSCORES')
for i = 2, #readers, 2 do
  readers[i] = tonumber(readers[i])
end
local clients = redis.pcall('INFO', 'clients')
return {
  redis.call('GET', KEYS[1]) or '',
  redis.call('PTTL', KEYS[1]),
  last_seq(KEYS[2], KEYS[3]),
  redis.call('XLEN', KEYS[3]),
  number_of(redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)),
  number_of(redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)),
  redis.call('EXISTS', KEYS[4]),
  redis.call('EXISTS', KEYS[6]),
  redis.call('EXISTS', KEYS[7]),
  type(clients) == 'string' and clients or '',
  redis.call('ZCARD', KEYS[5]),
  readers,
}
