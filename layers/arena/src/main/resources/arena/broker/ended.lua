-- KEYS: ended
-- Returns the cursor at which the connection's stream ended in this life of the server, 0 if none.
local life, cursor = string.match(redis.call('GET', KEYS[1]) or '', '^(.*) (%d+)$')
return life == life_of_data() and tonumber(cursor) or 0
