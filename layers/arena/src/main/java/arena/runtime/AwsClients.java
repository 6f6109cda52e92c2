package arena.runtime;

import arena.stream.FanOut;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.endpoints.AccountIdEndpointMode;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;
import software.amazon.awssdk.services.elasticache.ElastiCacheClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * Creates the AWS clients, with the SDK's smallest HTTP client and default configuration. Every
 * call timeout is shorter than the timeout of the calling functions.
 */
public final class AwsClients {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private static final String KEPT_CONNECTIONS_PROPERTY = "http.maxConnections";

  private static final ProfileFile NO_FILES = ProfileFile.aggregator().build();

  static {
    keepConnections();
  }

  /** Interrupts calls at their timeouts. Shared, because each client would start five threads. */
  private static final ScheduledExecutorService TIMEOUTS = timeouts();

  private AwsClients() {}

  /**
   * Keeps open as many connections to a host as a fan-out uses at once; the JDK keeps 5, and opens
   * and closes the others for each send. The JDK reads the property once, after the first request.
   * An existing value is kept.
   */
  private static void keepConnections() {
    if (System.getProperty(KEPT_CONNECTIONS_PROPERTY) == null) {
      System.setProperty(KEPT_CONNECTIONS_PROPERTY, String.valueOf(FanOut.MAX_CONCURRENT_SENDS));
    }
  }

  /** Call timeout including retries: 10 s. */
  public static DynamoDbClient dynamoDb() {
    return dynamoDb(AwsAccess.DEFAULT);
  }

  static DynamoDbClient dynamoDb(AwsAccess access) {
    return configured(dynamoDbBuilder(), access, Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  private static DynamoDbClientBuilder dynamoDbBuilder() {
    return DynamoDbClient.builder()
        .endpointDiscoveryEnabled(false)
        .accountIdEndpointMode(AccountIdEndpointMode.DISABLED);
  }

  /** For two calls within the 10 s that API Gateway waits. Call timeout including retries: 4 s. */
  public static DynamoDbClient dynamoDbForAuthorizer() {
    return dynamoDbForAuthorizer(AwsAccess.DEFAULT);
  }

  static DynamoDbClient dynamoDbForAuthorizer(AwsAccess access) {
    return configured(dynamoDbBuilder(), access, Duration.ofMillis(1_500), Duration.ofSeconds(4))
        .build();
  }

  /** For objects of a few megabytes in interactive calls. Call timeout including retries: 12 s. */
  public static S3Client s3() {
    return s3(AwsAccess.DEFAULT);
  }

  static S3Client s3(AwsAccess access) {
    return s3(access, Duration.ofSeconds(5), Duration.ofSeconds(12));
  }

  /** For the largest archives in background work. Call timeout including retries: 100 s. */
  public static S3Client s3ForLargeObjects() {
    return s3ForLargeObjects(AwsAccess.DEFAULT);
  }

  static S3Client s3ForLargeObjects(AwsAccess access) {
    return s3(access, Duration.ofSeconds(45), Duration.ofSeconds(100));
  }

  private static S3Client s3(AwsAccess access, Duration attempt, Duration call) {
    return configured(S3Client.builder(), access, attempt, call)
        .serviceConfiguration(s3Configuration())
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .build();
  }

  static S3Presigner presigner(AwsAccess access) {
    S3Presigner.Builder builder =
        S3Presigner.builder()
            .serviceConfiguration(s3Configuration())
            .credentialsProvider(access.credentials());
    access.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /** Call timeout including retries: 10 s. */
  public static LambdaClient lambda() {
    return lambda(AwsAccess.DEFAULT);
  }

  static LambdaClient lambda(AwsAccess access) {
    return configured(LambdaClient.builder(), access, Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  /** Call timeout including retries: 10 s. */
  public static SfnClient stepFunctions() {
    return stepFunctions(AwsAccess.DEFAULT);
  }

  static SfnClient stepFunctions(AwsAccess access) {
    return configured(SfnClient.builder(), access, Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  /** Call timeout including retries: 10 s. */
  public static CloudWatchLogsClient logs() {
    return logs(AwsAccess.DEFAULT);
  }

  static CloudWatchLogsClient logs(AwsAccess access) {
    return configured(
            CloudWatchLogsClient.builder(), access, Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  /** Call timeout including retries: 6 s. */
  public static ElastiCacheClient elastiCache() {
    return elastiCache(AwsAccess.DEFAULT);
  }

  static ElastiCacheClient elastiCache(AwsAccess access) {
    return configured(
            ElastiCacheClient.builder(), access, Duration.ofSeconds(3), Duration.ofSeconds(6))
        .build();
  }

  /** Without retries, because the fan-out retries. Call timeout: 3 s. */
  public static ApiGatewayManagementApiClient connections(URI endpoint) {
    return connections(AwsAccess.DEFAULT, endpoint);
  }

  static ApiGatewayManagementApiClient connections(AwsAccess access, URI endpoint) {
    return configured(
            ApiGatewayManagementApiClient.builder(),
            access,
            Duration.ofSeconds(3),
            Duration.ofSeconds(3))
        .endpointOverride(access.endpoint().orElse(endpoint))
        .overrideConfiguration(
            o ->
                o.apiCallTimeout(Duration.ofSeconds(3))
                    .defaultProfileFile(NO_FILES)
                    .retryStrategy(AwsRetryStrategy.doNotRetry())
                    .scheduledExecutorService(TIMEOUTS))
        .build();
  }

  /**
   * Opens a connection of the JDK, whose connections share one TLS context. The SDK would make one
   * for each client, and read the certificates of all authorities for each, also if its endpoint
   * has no TLS.
   */
  private static HttpURLConnection connection(URI uri, Duration readTimeout) {
    try {
      var connection = (HttpURLConnection) uri.toURL().openConnection();
      connection.setConnectTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()));
      connection.setReadTimeout(Math.toIntExact(readTimeout.toMillis()));
      return connection;
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an address that is not one of HTTP
    }
  }

  private static ScheduledExecutorService timeouts() {
    var executor =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("aws-timeouts").factory());
    executor.setRemoveOnCancelPolicy(true); // most calls end long before their timeout
    return executor;
  }

  // Path style and no chunked encoding, for compatibility with other S3 servers. No "Expect:
  // 100-continue", which the SDK sends with a megabyte or more: the JDK waits 5 s for the answer,
  // longer than an attempt may take.
  private static S3Configuration s3Configuration() {
    return S3Configuration.builder()
        .pathStyleAccessEnabled(true)
        .chunkedEncodingEnabled(false)
        .expectContinueEnabled(false)
        .build();
  }

  // A function has no configuration files: without them, their parser is not loaded.
  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configured(
      B builder, AwsAccess access, Duration attempt, Duration call) {
    access.endpoint().ifPresent(builder::endpointOverride);
    SdkSystemSetting.AWS_REGION.getStringValue().map(Region::of).ifPresent(builder::region);
    return builder
        .credentialsProvider(access.credentials())
        .httpClient(UrlConnectionHttpClient.create(uri -> connection(uri, attempt)))
        .overrideConfiguration(
            o ->
                o.apiCallAttemptTimeout(attempt)
                    .apiCallTimeout(call)
                    .defaultProfileFile(NO_FILES)
                    .scheduledExecutorService(TIMEOUTS));
  }
}
