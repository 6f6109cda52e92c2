-- KEYS: subscribers, generation
-- ARGV: connection
-- Returns 1, or 0 if it has no cursor.
return remove_cursor(KEYS[1], KEYS[2], ARGV[1])
