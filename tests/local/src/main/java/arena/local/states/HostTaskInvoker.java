package arena.local.states;

import arena.local.iam.Authorizer;
import arena.local.iam.ServiceAccess;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** Invokes the functions that the stack hosts. */
public final class HostTaskInvoker implements TaskInvoker {
  /** The name that Step Functions gives an error of Lambda that it does not list. */
  private static final String OTHER = "AWSLambdaException";

  private final FunctionHost host;
  private final Authorizer authorizer;
  private final String machine;

  /**
   * Creates an invoker of a host's functions.
   *
   * @param machine the state machine, whose role calls the functions
   */
  public HostTaskInvoker(FunctionHost host, Authorizer authorizer, String machine) {
    this.host = host;
    this.authorizer = authorizer;
    this.machine = machine;
  }

  @Override
  public Optional<String> refusal(String operation, String resource) {
    return authorizer.refusal(machine, ServiceAccess.stepFunctionsCall(operation, resource));
  }

  @Override
  public Outcome invoke(String function, String payload, Duration timeout)
      throws InterruptedException {
    Optional<String> refusal = authorizer.refusal(machine, ServiceAccess.lambda(function));
    if (refusal.isPresent()) {
      return new ServiceError(
          OTHER,
          refusal.get()
              + " (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException)");
    }
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
