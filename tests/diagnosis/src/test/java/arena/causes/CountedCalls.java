package arena.causes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

/**
 * Records every AWS call of this process; the SDK loads it through the {@code
 * execution.interceptors} resource.
 */
public final class CountedCalls implements ExecutionInterceptor {
  private static final CopyOnWriteArrayList<String> CALLS = new CopyOnWriteArrayList<>();

  @Override
  public void beforeTransmission(
      Context.BeforeTransmission context, ExecutionAttributes attributes) {
    CALLS.add(
        attributes.getAttribute(SdkExecutionAttribute.SERVICE_NAME)
            + "."
            + attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME));
  }

  /** Waits for {@code time} and returns whether there was no call; returns early otherwise. */
  static boolean noneFor(Duration time) {
    int before = CALLS.size();
    Instant end = Instant.now().plus(time);
    while (CALLS.size() == before && Instant.now().isBefore(end)) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    return CALLS.size() == before;
  }

  /** Runs {@code work} and returns the calls made meanwhile, one per attempt. */
  static List<String> during(Runnable work) {
    int before = CALLS.size();
    work.run();
    return new ArrayList<>(CALLS.subList(before, CALLS.size()));
  }
}
