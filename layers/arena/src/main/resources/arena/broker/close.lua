-- KEYS: open, closed
-- A missing sentinel does not mean that the run was closed: the sentinel expires, and does not exist
-- before the run is opened. Therefore closing sets a separate key.
redis.call('SET', KEYS[2], '1', 'EX', IDLE_SECONDS)
redis.call('DEL', KEYS[1])
return 1
