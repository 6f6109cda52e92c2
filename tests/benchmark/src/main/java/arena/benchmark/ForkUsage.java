package arena.benchmark;

import arena.local.calls.CallUsage;
import java.util.Map;
import java.util.Set;

/**
 * What some forks used, from the calls that were counted and the logs.
 *
 * @param forks the number of forks
 * @param calls the AWS calls by service and operation
 * @param functions the invocations by function
 * @param modelGigabyteSeconds the part of the functions' time in which they waited for the model
 * @param turnGigabytes the memory of replay-turn, in GB
 * @param traffic what went through the APIs, the logs and the cache
 * @param transitions state transitions of the executions
 * @param historyEvents events in the history of one execution
 * @param metrics names of the custom metrics, with their dimensions
 */
record ForkUsage(
    int forks,
    Map<String, CallUsage> calls,
    Map<String, Invocations> functions,
    double modelGigabyteSeconds,
    double turnGigabytes,
    Traffic traffic,
    long transitions,
    long historyEvents,
    Set<String> metrics) {
  /** The invocations of a function. */
  record Invocations(long count, double gigabyteSeconds) {
    static final Invocations NONE = new Invocations(0, 0);

    Invocations plus(Invocations other) {
      return new Invocations(count + other.count, gigabyteSeconds + other.gigabyteSeconds);
    }
  }

  /**
   * The traffic.
   *
   * @param httpRequests requests to the HTTP API
   * @param clientMessages messages from clients of the WebSocket API
   * @param connections connections to the WebSocket API
   * @param logBytes bytes of log lines
   * @param logLines number of log lines
   * @param cacheBytes bytes between the functions and the cache
   */
  record Traffic(
      long httpRequests,
      long clientMessages,
      long connections,
      long logBytes,
      long logLines,
      long cacheBytes) {}

  /** The sum over all operations of a service, such as {@code DynamoDb}. */
  CallUsage service(String service) {
    return calls.entrySet().stream()
        .filter(call -> call.getKey().startsWith(service + "."))
        .map(Map.Entry::getValue)
        .reduce(CallUsage.NONE, CallUsage::plus);
  }

  CallUsage operation(String operation) {
    return calls.getOrDefault(operation, CallUsage.NONE);
  }
}
