package arena.causes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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

  /** What was called while this was done, each attempt for itself. */
  static List<String> during(Runnable work) {
    int before = CALLS.size();
    work.run();
    return new ArrayList<>(CALLS.subList(before, CALLS.size()));
  }
}
