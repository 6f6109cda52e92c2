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

-- Identifies the life of the server's data. The replication id changes whenever a server starts as a
-- master or is promoted to one. Within a life, data can only be replaced by these commands.
local function life_of_data()
  local life = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)') or '-'
  local stats = redis.call('INFO', 'commandstats')
  for _, command in ipairs({'flushall', 'flushdb', 'restore'}) do
    life = life .. ':' .. (string.match(stats, 'cmdstat_' .. command .. ':calls=(%d+)') or '0')
  end
  return life
end

-- Deletes cursors and a lease that an earlier life of the server stored. A restored backup or a
-- failover may have moved them back, and a connected reader would get events twice. Marks a loss
-- instead, so that these readers are disconnected and continue from their last event. Returns the
-- life.
local function forget_earlier_life(subscribers_key, generation_key, lease_key, loss_key)
  local life = life_of_data()
  local stamp = redis.call('GET', generation_key)
  if stamp ~= life and (stamp or redis.call('EXISTS', subscribers_key) == 1) then
    if redis.call('UNLINK', subscribers_key) == 1 then
      mark_loss(loss_key)
    end
    redis.call('UNLINK', generation_key, lease_key)
  end
  return life
end

-- Sets a cursor and stamps the cursors with the server's life.
local function set_cursor(subscribers_key, generation_key, life, connection, next_seq)
  redis.call('ZADD', subscribers_key, next_seq, connection)
  redis.call('EXPIRE', subscribers_key, IDLE_SECONDS)
  redis.call('SET', generation_key, life, 'EX', IDLE_SECONDS)
end

-- Removes a cursor, with the stamp if it was the last one; returns the number removed.
local function remove_cursor(subscribers_key, generation_key, connection)
  local removed = redis.call('ZREM', subscribers_key, connection)
  if removed == 1 and redis.call('EXISTS', subscribers_key) == 0 then
    redis.call('DEL', generation_key)
  end
  return removed
end

-- Whether the lease is held with this fencing number and the connection's cursor is the expected one.
local function holds_cursor(lease_key, subscribers_key, fence, connection, cursor)
  return redis.call('GET', lease_key) == fence and redis.call('ZSCORE', subscribers_key, connection) == cursor
end
