package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.amazonaws.services.lambda.runtime.Context;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class TelemetryTest {
  private static final String TRACE_HEADER = "com.amazonaws.xray.traceHeader";
  private static final Set<String> NEWER_METHODS = Set.of("getTenantId", "getXrayTraceId");

  private final Telemetry telemetry = new Telemetry("read-runs", new Settings(Map.of()));

  /** A context of aws-lambda-java-core 1.2: newer methods do not exist. */
  private static Context oldContext() {
    return (Context)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (_, method, _) -> {
              if (NEWER_METHODS.contains(method.getName())) {
                throw new NoSuchMethodError(method.getName());
              }
              return method.getReturnType() == int.class
                  ? (Object) 512
                  : method.getReturnType() == String.class ? method.getName() : null;
            });
  }

  @AfterEach
  void clearTrace() {
    System.clearProperty(TRACE_HEADER);
  }

  @Test
  void logsTheTraceOfTheRuntimeWithAnOldContext() {
    System.setProperty(TRACE_HEADER, "Root=1-67891233-abcdef012345678912345678;Sampled=1");
    Map<String, String> fields = telemetry.during(oldContext(), MDC::getCopyOfContextMap);
    assertEquals("1-67891233-abcdef012345678912345678", fields.get("xray_trace_id"));
    assertEquals("getAwsRequestId", fields.get("function_request_id"));
    assertEquals("read-runs", fields.get("function"));
  }

  @Test
  void logsNoTraceIfTheRuntimeHasNone() {
    assertNull(telemetry.during(oldContext(), () -> MDC.get("xray_trace_id")));
  }
}
