package arena.faults;

/**
 * One call that passes through a proxy.
 *
 * @param name the operation: {@code TransactWriteItems}, {@code PUT /bucket/key}, {@code publish}
 * @param text the body or arguments, one character per byte
 */
record Call(String name, String text) {
  /** Whether the name starts with {@code wanted} and the call contains each of {@code parts}. */
  boolean is(String wanted, String... parts) {
    if (!name.startsWith(wanted)) {
      return false;
    }
    for (String part : parts) {
      if (!text.contains(part) && !name.contains(part)) {
        return false;
      }
    }
    return true;
  }
}
