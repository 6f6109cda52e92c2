-- KEYS: open, closed
-- That the sentinel is gone does not say that the run was closed: it expires, and before a run is
-- opened there is none. So closing leaves a mark of its own.
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], '1', 'EX', IDLE_SECONDS)
return 1
