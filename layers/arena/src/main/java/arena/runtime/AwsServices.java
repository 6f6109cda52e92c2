package arena.runtime;

import arena.diagnosis.FactSources;
import arena.diagnosis.LogSource;
import arena.lifecycle.FinalizeInvoker;
import arena.lifecycle.ReplayExecutions;
import arena.stream.ConnectionSender;
import arena.stream.FanOutInvoker;
import arena.stream.PayloadLinks;
import java.net.URI;
import java.time.Clock;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * The AWS services, other than stores, that one sandbox calls. Each client is created at the first
 * call of the service.
 */
public final class AwsServices {
  private final Settings settings;
  private final Lazy<LambdaClient> lambda = new Lazy<>(AwsClients::lambda);
  private final Lazy<SfnClient> stepFunctions = new Lazy<>(AwsClients::stepFunctions);
  private final Lazy<ApiGatewayManagementApiClient> connections =
      new Lazy<>(this::createConnections);

  /** The services that these settings name. */
  public AwsServices(Settings settings) {
    this.settings = settings;
  }

  /** Lambda, which runs the fan-out. */
  public FanOutInvoker fanOutInvoker() {
    return new LambdaFanOutInvoker(lambda, settings.streamFunction(), Clock.systemUTC());
  }

  /** Lambda, which finalizes runs. */
  public FinalizeInvoker finalizeInvoker() {
    return new LambdaFinalizeInvoker(lambda, settings.finalizeFunction());
  }

  /** Step Functions, which executes replays. */
  public ReplayExecutions replayExecutions() {
    return new StepFunctionsExecutions(stepFunctions, settings.stateMachineArn());
  }

  /** API Gateway, which holds the WebSocket connections. */
  public ConnectionSender connectionSender() {
    return new ApiGatewaySender(connections);
  }

  /** S3, from which clients fetch large payloads. */
  public PayloadLinks payloadLinks() {
    return new S3PayloadLinks(new Lazy<>(AwsClients::presigner), settings.bucket());
  }

  /** CloudWatch Logs, which has the functions' log lines. */
  public LogSource logSource() {
    return new CloudWatchLogSource(new Lazy<>(AwsClients::logs), settings.logGroupPrefix());
  }

  /** What a diagnosis asks: the stores, Step Functions and ElastiCache. */
  public FactSources factSources(Stores stores) {
    return new AwsFactSources(
        stores::catalog,
        stores::journal,
        stores::inspection,
        stepFunctions,
        settings.stateMachineArn(),
        new ElastiCacheStatus(new Lazy<>(AwsClients::elastiCache), settings.cacheId()));
  }

  private ApiGatewayManagementApiClient createConnections() {
    return AwsClients.connections(URI.create(settings.websocketEndpoint()));
  }
}
