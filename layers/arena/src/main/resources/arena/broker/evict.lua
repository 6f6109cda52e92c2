-- KEYS: lease, subscribers, generation
-- ARGV: fencing number, connection, expected cursor
-- Returns 1, or 0 if the lease was lost or the cursor is different.
if not holds_cursor(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]) then
  return 0
end
remove_cursor(KEYS[2], KEYS[3], ARGV[2])
return 1
