package arena.runtime;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.elasticache.ElastiCacheClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * The AWS clients, over the smallest HTTP client. Region, credentials and endpoints are the SDK's
 * own settings. Every call has a time-out that is shorter than that of any function that makes it.
 */
public final class AwsClients {
  private static final Duration CONNECT = Duration.ofSeconds(2);

  private AwsClients() {}

  /** For tables: a call takes 10 s at most, with its retries. */
  public static DynamoDbClient dynamoDb() {
    return configured(DynamoDbClient.builder(), Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  /**
   * For objects of some megabytes, where somebody waits for the answer: a call takes 12 s at most,
   * with its retries.
   */
  public static S3Client s3() {
    return s3(Duration.ofSeconds(5), Duration.ofSeconds(12));
  }

  /** For the largest archives, where nobody waits: a call takes 100 s at most, with its retries. */
  public static S3Client patientS3() {
    return s3(Duration.ofSeconds(45), Duration.ofSeconds(100));
  }

  private static S3Client s3(Duration attempt, Duration call) {
    return configured(S3Client.builder(), attempt, call)
        .serviceConfiguration(s3Configuration())
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .build();
  }

  static S3Presigner presigner() {
    return S3Presigner.builder().serviceConfiguration(s3Configuration()).build();
  }

  /** For invocations: a call takes 10 s at most, with its retries. */
  public static LambdaClient lambda() {
    return configured(LambdaClient.builder(), Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  /** For executions: a call takes 10 s at most, with its retries. */
  public static SfnClient stepFunctions() {
    return configured(SfnClient.builder(), Duration.ofSeconds(4), Duration.ofSeconds(10)).build();
  }

  /** For log lines: a call takes 10 s at most, with its retries. */
  public static CloudWatchLogsClient logs() {
    return configured(CloudWatchLogsClient.builder(), Duration.ofSeconds(4), Duration.ofSeconds(10))
        .build();
  }

  /** For what ElastiCache tells of the broker: a call takes 6 s at most, with its retries. */
  public static ElastiCacheClient elastiCache() {
    return configured(ElastiCacheClient.builder(), Duration.ofSeconds(3), Duration.ofSeconds(6))
        .build();
  }

  /** Sends to connections; it does not retry, because the fan-out knows better when. */
  public static ApiGatewayManagementApiClient connections(URI endpoint) {
    return configured(
            ApiGatewayManagementApiClient.builder(), Duration.ofSeconds(3), Duration.ofSeconds(3))
        .endpointOverride(endpoint)
        .overrideConfiguration(
            o ->
                o.apiCallTimeout(Duration.ofSeconds(3))
                    .retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  // Path style and no chunks, so that the same client speaks to any server of S3's API.
  private static S3Configuration s3Configuration() {
    return S3Configuration.builder()
        .pathStyleAccessEnabled(true)
        .chunkedEncodingEnabled(false)
        .build();
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configured(
      B builder, Duration attempt, Duration call) {
    return builder
        .httpClientBuilder(
            UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(attempt))
        .overrideConfiguration(o -> o.apiCallAttemptTimeout(attempt).apiCallTimeout(call));
  }
}
