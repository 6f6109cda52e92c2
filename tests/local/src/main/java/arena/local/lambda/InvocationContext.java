package arena.local.lambda;

import arena.local.log.LogFile;
import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** The context object of an invocation. */
final class InvocationContext implements Context {
  private final FunctionDefinition function;
  private final String requestId;
  private final String stream;
  private final String traceId;
  private final LogFile log;
  private final long deadlineNanos;

  InvocationContext(
      FunctionDefinition function,
      String requestId,
      String stream,
      String traceId,
      LogFile log,
      long deadlineNanos) {
    this.function = function;
    this.requestId = requestId;
    this.stream = stream;
    this.traceId = traceId;
    this.log = log;
    this.deadlineNanos = deadlineNanos;
  }

  @Override
  public String getAwsRequestId() {
    return requestId;
  }

  @Override
  public String getLogGroupName() {
    return "/aws/lambda/" + function.name();
  }

  @Override
  public String getLogStreamName() {
    return stream;
  }

  @Override
  public String getFunctionName() {
    return function.name();
  }

  @Override
  public String getFunctionVersion() {
    return "$LATEST";
  }

  @Override
  public String getInvokedFunctionArn() {
    return function.arn();
  }

  @Override
  public CognitoIdentity getIdentity() {
    return null;
  }

  @Override
  public ClientContext getClientContext() {
    return null;
  }

  @Override
  public int getRemainingTimeInMillis() {
    return (int) Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime()));
  }

  @Override
  public int getMemoryLimitInMB() {
    return function.memoryMegabytes();
  }

  @Override
  public String getXrayTraceId() {
    return traceId;
  }

  @Override
  public LambdaLogger getLogger() {
    return new LambdaLogger() {
      @Override
      public void log(String message) {
        log.line(message);
      }

      @Override
      public void log(byte[] message) {
        log.line(new String(message, StandardCharsets.UTF_8));
      }
    };
  }
}
