-- Common functions; prepended to every script.

-- Keys that close, drop or unsubscribe did not delete expire after a day without use.
local IDLE_SECONDS = 86400

-- Formats an integer in digits; Lua formats large ones with an exponent.
local function digits(number)
  return string.format('%.0f', number)
end

local function seq_of(entry)
  return tonumber(string.match(entry[1], '^%d+'))
end

-- Returns the last seq, 0 if none. If an operator deleted only :seq, it is read from the stream.
local function last_seq(seq_key, events_key)
  local seq = redis.call('GET', seq_key)
  if seq then
    return tonumber(seq)
  end
  local newest = redis.call('XREVRANGE', events_key, '+', '-', 'COUNT', 1)
  return newest[1] and seq_of(newest[1]) or 0
end

-- Records a loss of data; a later loss has a higher number.
local function mark_loss(loss_key)
  local time = redis.call('TIME')
  local number = tonumber(time[1]) * 1000000 + tonumber(time[2])
  redis.call('SET', loss_key, digits(number), 'EX', IDLE_SECONDS)
end
