-- KEYS: seq, events
-- ARGV: first seq, maximum number of envelopes, maximum number of bytes
-- Returns {'read', envelopes from the first seq without gaps}, or {'overflow', first available seq}.
local CHUNK = 64
local next_seq = tonumber(ARGV[1])
local most = tonumber(ARGV[2])
local room = tonumber(ARGV[3])
local answer = {'read'}
while #answer <= most do
  local entries = redis.call('XRANGE', KEYS[2], digits(next_seq) .. '-0', '+',
      'COUNT', math.min(CHUNK, most + 1 - #answer))
  if not entries[1] then
    if #answer == 1 then
      local last = last_seq(KEYS[1], KEYS[2])
      if next_seq <= last then
        return {'overflow', last + 1}
      end
    end
    return answer
  end
  for _, entry in ipairs(entries) do
    local seq = seq_of(entry)
    if seq ~= next_seq then
      if #answer == 1 then
        return {'overflow', seq}
      end
      return answer
    end
    local envelope = entry[2][2]
    room = room - #envelope
    if room < 0 and #answer > 1 then
      return answer
    end
    answer[#answer + 1] = envelope
    next_seq = next_seq + 1
  end
end
return answer
