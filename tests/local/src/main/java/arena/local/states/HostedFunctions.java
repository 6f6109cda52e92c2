package arena.local.states;

import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** Calls the functions that the stack hosts. */
public final class HostedFunctions implements TaskInvoker {
  private final FunctionHost host;

  /** Calls this host's functions. */
  public HostedFunctions(FunctionHost host) {
    this.host = host;
  }

  @Override
  public Outcome invoke(String function, String payload, Duration timeout)
      throws InterruptedException {
    try {
      Invocation invocation = host.invoke(function, payload, timeout);
      return invocation.functionError().isPresent()
          ? new FunctionError(invocation.payload())
          : new Answer(invocation.payload());
    } catch (InvokeFault e) {
      return new ServiceError(e.code().exceptionName(), e.getMessage());
    } catch (TimeoutException e) {
      return new TimedOut();
    }
  }
}
