-- KEYS: open, seq, events, closed, subscribers, lease, loss
-- ARGV: maximum number of readers returned
-- Returns the state of the run without changing it; see RedisInspection.
local function number_of(entries)
  return entries[1] and seq_of(entries[1]) or 0
end
local stored = redis.call('HGETALL', KEYS[5])
local readers = {}
for i = 1, #stored, 2 do
  readers[#readers + 1] = {stored[i], tonumber(stored[i + 1])}
end
table.sort(readers, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[1] < b[1]) end)
local returned = {}
for i = 1, math.min(#readers, tonumber(ARGV[1])) do
  returned[#returned + 1] = readers[i][1]
  returned[#returned + 1] = readers[i][2]
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
  #readers,
  returned,
}
