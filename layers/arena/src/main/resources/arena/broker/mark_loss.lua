-- KEYS: loss
mark_loss(KEYS[1])
return 1
