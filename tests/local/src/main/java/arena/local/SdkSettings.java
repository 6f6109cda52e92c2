package arena.local;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sets the system properties that configure the AWS SDK: functions in this process use them to find
 * the local services.
 */
final class SdkSettings implements AutoCloseable {
  private final Map<String, String> before = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  /**
   * Sets the properties until this is closed.
   *
   * @param identity the credentials of this process, and of functions without others
   * @param bedrock the address for calls of models; empty for Bedrock itself
   */
  static SdkSettings set(
      CallerIdentity identity,
      URI dynamoDb,
      URI s3,
      URI lambdaAndStepFunctions,
      Optional<URI> bedrock) {
    SdkSettings settings = new SdkSettings();
    settings.set("aws.region", "AWS_REGION", identity.region());
    settings.set("aws.accessKeyId", "AWS_ACCESS_KEY_ID", identity.accessKeyId());
    settings.set("aws.secretAccessKey", "AWS_SECRET_ACCESS_KEY", identity.secretAccessKey());
    identity
        .sessionToken()
        .ifPresent(token -> settings.set("aws.sessionToken", "AWS_SESSION_TOKEN", token));
    settings.set("aws.endpointUrlDynamoDb", "AWS_ENDPOINT_URL_DYNAMODB", dynamoDb.toString());
    settings.set("aws.endpointUrlS3", "AWS_ENDPOINT_URL_S3", s3.toString());
    String lambda = lambdaAndStepFunctions.toString();
    settings.set("aws.endpointUrlLambda", "AWS_ENDPOINT_URL_LAMBDA", lambda);
    settings.set("aws.endpointUrlSfn", "AWS_ENDPOINT_URL_SFN", lambda);
    settings.set("aws.endpointUrlCloudWatchLogs", "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", lambda);
    settings.set("aws.endpointUrlElastiCache", "AWS_ENDPOINT_URL_ELASTICACHE", lambda);
    bedrock.ifPresent(
        address ->
            settings.set(
                "aws.endpointUrlBedrockRuntime",
                "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
                address.toString()));
    return settings;
  }

  private SdkSettings() {}

  private void set(String name, String variable, String value) {
    before.put(name, System.getProperty(name));
    System.setProperty(name, value);
    environment.put(variable, value);
  }

  /** Returns the same settings as environment variables, for functions in separate processes. */
  Map<String, String> environment() {
    return environment;
  }

  @Override
  public void close() {
    before.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }
}
