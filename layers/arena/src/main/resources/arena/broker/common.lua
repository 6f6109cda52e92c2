-- Stands before every script: what several of them need.

-- What no close, drop or unsubscribe removed goes by itself after a day without use.
local IDLE_SECONDS = 86400

-- A whole number as digits: Lua by itself writes a large one with an exponent.
local function digits(number)
  return string.format('%.0f', number)
end

local function seq_of(entry)
  return tonumber(string.match(entry[1], '^%d+'))
end

-- Last seq given out, 0 if none. Where an operator deleted only :seq, the stream still knows it.
local function last_seq(seq_key, events_key)
  local seq = redis.call('GET', seq_key)
  if seq then
    return tonumber(seq)
  end
  local newest = redis.call('XREVRANGE', events_key, '+', '-', 'COUNT', 1)
  return newest[1] and seq_of(newest[1]) or 0
end

-- Notes a loss; a later one has a higher number.
local function mark_loss(loss_key)
  local time = redis.call('TIME')
  local number = tonumber(time[1]) * 1000000 + tonumber(time[2])
  redis.call('SET', loss_key, digits(number), 'EX', IDLE_SECONDS)
end
