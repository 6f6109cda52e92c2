package arena.local.calls;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Counts the AWS calls of this process by service and operation, such as {@code DynamoDb.GetItem}.
 *
 * <p>The SDK creates it if a resource {@code
 * software/amazon/awssdk/global/handlers/execution.interceptors} on the class path names it.
 */
public final class CallCounter implements ExecutionInterceptor {
  /** Set for clients whose calls are not counted, such as those of the local stack itself. */
  public static final ExecutionAttribute<Boolean> NOT_COUNTED =
      new ExecutionAttribute<>("arena.local.notCounted");

  private static final long POLL_MILLIS = 20;

  private static final Map<String, CallUsage> USAGE = new HashMap<>();
  private static volatile boolean asksForCapacity;

  /** Asks DynamoDB from now on to report the capacity that calls consume. */
  public static void askForCapacity() {
    asksForCapacity = true;
  }

  @Override
  public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
    return asksForCapacity ? DynamoCapacity.requested(context.request()) : context.request();
  }

  /** Called once for each attempt. */
  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    long bytes = context.requestBody().flatMap(RequestBody::optionalContentLength).orElse(0L);
    add(attributes, CallUsage.attempt(bytes));
  }

  @Override
  public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
    add(attributes, DynamoCapacity.consumed(context.response()));
  }

  @Override
  public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
    add(attributes, CallUsage.FAILURE);
  }

  private static void add(ExecutionAttributes attributes, CallUsage usage) {
    if (Boolean.TRUE.equals(attributes.getAttribute(NOT_COUNTED))) {
      return;
    }
    String call =
        attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME)
            + "."
            + attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
    synchronized (USAGE) {
      USAGE.merge(call, usage, CallUsage::plus);
    }
  }

  private static Map<String, CallUsage> snapshot() {
    synchronized (USAGE) {
      return Map.copyOf(USAGE);
    }
  }

  /** Waits for {@code time} and returns whether there was no call; returns early otherwise. */
  public static boolean noneFor(Duration time) {
    Map<String, CallUsage> before = snapshot();
    Instant end = Instant.now().plus(time);
    while (snapshot().equals(before) && Instant.now().isBefore(end)) {
      LockSupport.parkNanos(Duration.ofMillis(POLL_MILLIS).toNanos());
    }
    return snapshot().equals(before);
  }

  /**
   * Runs {@code work} and returns the usage of the calls made meanwhile, by service and operation.
   */
  public static Map<String, CallUsage> during(Runnable work) {
    Map<String, CallUsage> before = snapshot();
    work.run();
    Map<String, CallUsage> made = new TreeMap<>();
    snapshot()
        .forEach(
            (call, usage) -> {
              CallUsage more = usage.minus(before.getOrDefault(call, CallUsage.NONE));
              if (!more.equals(CallUsage.NONE)) {
                made.put(call, more);
              }
            });
    return made;
  }
}
