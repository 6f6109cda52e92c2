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

/** Sees every call that anybody in this process makes to AWS; the SDK finds it by its resource. */
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

  /** Waits this long; whether nobody called meanwhile. */
  static boolean noneFor(Duration time) {
    int before = CALLS.size();
    Instant end = Instant.now().plus(time);
    while (CALLS.size() == before && Instant.now().isBefore(end)) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    return CALLS.size() == before;
  }

  /** What was called while this was done, each attempt for itself. */
  static List<String> during(Runnable work) {
    int before = CALLS.size();
    work.run();
    return new ArrayList<>(CALLS.subList(before, CALLS.size()));
  }
}
