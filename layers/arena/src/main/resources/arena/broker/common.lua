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

local function newest_seq(events_key)
  local newest = redis.call('XREVRANGE', events_key, '+', '-', 'COUNT', 1)
  return newest[1] and seq_of(newest[1])
end

-- Returns the last seq, 0 if none. If an operator deleted only :seq, it is read from the stream.
local function last_seq(seq_key, events_key)
  local seq = redis.call('GET', seq_key)
  return seq and tonumber(seq) or newest_seq(events_key) or 0
end

-- Returns the last seq, or nil if the keys contradict each other, such as after an operator changed
-- one of them: the stream must end at :seq, and begin after :base unless it was trimmed to the limit.
local function consistent_seq(seq_key, events_key, base_key, limit)
  local seq = redis.pcall('GET', seq_key)
  local base = redis.pcall('GET', base_key)
  local length = redis.pcall('XLEN', events_key)
  if type(seq) == 'table' or type(base) == 'table' or type(length) == 'table' then
    return nil -- another type of value
  end
  local first = tonumber(base or '0')
  local newest = newest_seq(events_key) or first
  local last = seq and tonumber(seq) or newest
  if last ~= newest or length < math.min(last - first, limit) then
    return nil
  end
  return last
end

-- Records a loss of data; a later loss has a higher number.
local function mark_loss(loss_key)
  local time = redis.call('TIME')
  local number = tonumber(time[1]) * 1000000 + tonumber(time[2])
  redis.call('SET', loss_key, digits(number), 'EX', IDLE_SECONDS)
end
