-- KEYS: open, and every other key of the run
-- Answers 1, or 0 if the run is open.
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('UNLINK', unpack(KEYS))
return 1
