package arena.runtime;

import arena.archive.ArchiveLinks;
import arena.comparison.ComparisonExecutions;
import arena.diagnosis.FactSources;
import arena.diagnosis.LogSource;
import arena.lifecycle.CreateFork;
import arena.lifecycle.FinalizeInvoker;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.StartRun;
import arena.lifecycle.StopRun;
import arena.stream.ConnectionSender;
import arena.stream.FanOutInvoker;
import arena.stream.PayloadLinks;
import java.net.URI;
import java.time.Clock;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The AWS services other than the stores. Clients are created lazily and shared per sandbox. */
public final class AwsServices {
  private final Settings settings;
  private final Lazy<LambdaClient> lambda = new Lazy<>(() -> AwsClients.lambda(access()));
  private final Lazy<SfnClient> stepFunctions =
      new Lazy<>(() -> AwsClients.stepFunctions(access()));
  private final Lazy<ApiGatewayManagementApiClient> connections =
      new Lazy<>(this::createConnections);

  public AwsServices(Settings settings) {
    this.settings = settings;
  }

  /** Creates the client of Step Functions, for an {@link EarlyStart}. */
  public void startExecutions() {
    stepFunctions.get();
  }

  /** Invokes the fan-out through Lambda. */
  public FanOutInvoker fanOutInvoker() {
    return new LambdaFanOutInvoker(lambda, settings.streamFunction(), Clock.systemUTC());
  }

  /** Finalizes runs in Step Functions. */
  public FinalizeInvoker finalizeInvoker() {
    return executions();
  }

  /** Executes replays in Step Functions. */
  public ReplayExecutions replayExecutions() {
    return executions();
  }

  private StepFunctionsExecutions executions() {
    return new StepFunctionsExecutions(
        stepFunctions, settings.stateMachineArn(), Clock.systemUTC());
  }

  /** Starts runs over these stores. */
  public StartRun startRun(Stores stores) {
    return new StartRun(
        stores.catalog(), stores.journal(), stores.broker(), executions(), Clock.systemUTC());
  }

  /** Creates forks over these stores. */
  public CreateFork createFork(Stores stores) {
    return new CreateFork(stores.catalog(), stores.events(), startRun(stores), Clock.systemUTC());
  }

  /** Stops runs over these stores. */
  public StopRun stopRun(Stores stores) {
    return new StopRun(stores.catalog(), executions(), executions(), Clock.systemUTC());
  }

  /** Executes comparisons in Step Functions. */
  public ComparisonExecutions comparisonExecutions() {
    return new StepFunctionsComparisons(stepFunctions, settings.comparisonStateMachineArn());
  }

  /** Sends to WebSocket connections through API Gateway. */
  public ConnectionSender connectionSender() {
    return new ApiGatewaySender(connections);
  }

  /** Creates S3 links to large payloads. */
  public PayloadLinks payloadLinks() {
    return links();
  }

  /** Creates S3 links to archives. */
  public ArchiveLinks archiveLinks() {
    return links();
  }

  private S3Links links() {
    return new S3Links(
        new Lazy<>(() -> AwsClients.presigner(access())), settings.bucket(), Clock.systemUTC());
  }

  /** Reads the functions' log from CloudWatch Logs. */
  public LogSource logSource() {
    return new CachedLogSource(
        new CloudWatchLogSource(
            new Lazy<>(() -> AwsClients.logs(access())), settings.logGroupPrefix()),
        Clock.systemUTC());
  }

  /** The sources of a diagnosis: the stores, Step Functions and ElastiCache. */
  public FactSources factSources(Stores stores) {
    return new AwsFactSources(
        stores::catalog,
        stores::journal,
        stores::inspection,
        stepFunctions,
        settings.stateMachineArn(),
        new ElastiCacheStatus(
            new Lazy<>(() -> AwsClients.elastiCache(access())), settings.cacheId()));
  }

  private AwsAccess access() {
    return settings.access();
  }

  private ApiGatewayManagementApiClient createConnections() {
    return AwsClients.connections(access(), URI.create(settings.websocketEndpoint()));
  }
}
