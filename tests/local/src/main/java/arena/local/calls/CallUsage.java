package arena.local.calls;

/**
 * What the calls of one operation consumed.
 *
 * @param calls attempts, each of which a service bills
 * @param failed calls that ended with an exception
 * @param bytes bytes of the request bodies
 * @param messages blocks of 32 KB of the request bodies, at least one for each attempt; the unit in
 *     which WebSocket messages are billed
 * @param readUnits read request units of DynamoDB
 * @param writeUnits write request units of DynamoDB; those of failed calls are not reported
 */
public record CallUsage(
    long calls, long failed, long bytes, long messages, double readUnits, double writeUnits) {
  /** No call. */
  public static final CallUsage NONE = new CallUsage(0, 0, 0, 0, 0, 0);

  static final CallUsage FAILURE = new CallUsage(0, 1, 0, 0, 0, 0);

  private static final long MESSAGE_BYTES = 32 * 1024;

  static CallUsage attempt(long bytes) {
    return new CallUsage(1, 0, bytes, Math.max(1, Math.ceilDiv(bytes, MESSAGE_BYTES)), 0, 0);
  }

  static CallUsage capacity(double readUnits, double writeUnits) {
    return new CallUsage(0, 0, 0, 0, readUnits, writeUnits);
  }

  /** Returns the sum. */
  public CallUsage plus(CallUsage other) {
    return new CallUsage(
        calls + other.calls,
        failed + other.failed,
        bytes + other.bytes,
        messages + other.messages,
        readUnits + other.readUnits,
        writeUnits + other.writeUnits);
  }

  CallUsage minus(CallUsage other) {
    return new CallUsage(
        calls - other.calls,
        failed - other.failed,
        bytes - other.bytes,
        messages - other.messages,
        readUnits - other.readUnits,
        writeUnits - other.writeUnits);
  }
}
