package arena.local.states;

import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Invokes the functions that the stack hosts. */
public final class HostTaskInvoker implements TaskInvoker {
  private final FunctionHost host;

  /** Creates an invoker of a host's functions. */
  public HostTaskInvoker(FunctionHost host) {
    this.host = host;
  }

  @Override
  public Outcome invoke(String function, String payload, Duration timeout)
      throws InterruptedException {
    try {
      Invocation invocation = host.invoke(function, payload, timeout);
      return invocation.functionError().isPresent()
          ? new FunctionError(invocation.payload())
          : new Success(invocation.payload());
    } catch (InvokeFault e) {
      return new ServiceError(e.code().exceptionName(), e.getMessage());
    } catch (TimeoutException e) {
      return new TimedOut();
    }
  }
}
