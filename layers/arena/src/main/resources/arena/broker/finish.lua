-- KEYS: lease, subscribers, generation, ended
-- ARGV: fencing number, connection, expected cursor, seconds for which the end is noted
-- Returns 1, or 0 if the lease was lost or the cursor is different.
if not holds_cursor(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]) then
  return 0
end
-- The life, because a failover may lose a later cursor and keep the note.
redis.call('SET', KEYS[4], (redis.call('GET', KEYS[3]) or '-') .. ' ' .. ARGV[3], 'EX', ARGV[4])
remove_cursor(KEYS[2], KEYS[3], ARGV[2])
return 1
