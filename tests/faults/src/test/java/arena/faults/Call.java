package arena.faults;

/**
 * One call on its way through a proxy.
 *
 * @param name what it is: {@code TransactWriteItems}, {@code PUT /bucket/key}, {@code publish}
 * @param text all that it carries, its bytes taken for characters
 */
record Call(String name, String text) {
  /** Whether it is this and carries each of these. */
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
