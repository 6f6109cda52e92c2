package arena.acceptance;

/**
 * The order of the classes whose place in the suite matters. Lambda invokes a function again one
 * minute after a failed asynchronous invocation, such as those that {@link BrokerDownTest} causes:
 * classes that wait for all invocations run before it, or at the end.
 */
final class Orders {
  /** Waits for asynchronous invocations. */
  static final int FIRST = 1;

  /** Leaves asynchronous invocations that are retried after a minute. */
  static final int SECOND = 2;

  /** Reads what the others have made the stack write. */
  static final int LAST = Integer.MAX_VALUE;

  private Orders() {}
}
