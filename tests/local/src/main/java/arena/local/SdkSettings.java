package arena.local;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * The AWS SDK's own settings, as system properties: the functions run in this process, and find the
 * stand-ins by them.
 */
final class SdkSettings implements AutoCloseable {
  private final Map<String, String> before = new HashMap<>();

  /**
   * Sets them until this is closed.
   *
   * @param identity who the functions are
   */
  static SdkSettings set(Identity identity, URI dynamoDb, URI s3, URI lambdaAndStepFunctions) {
    SdkSettings settings = new SdkSettings();
    settings.set("aws.region", identity.region());
    settings.set("aws.accessKeyId", identity.accessKeyId());
    settings.set("aws.secretAccessKey", identity.secretAccessKey());
    identity.sessionToken().ifPresent(token -> settings.set("aws.sessionToken", token));
    settings.set("aws.endpointUrlDynamoDb", dynamoDb.toString());
    settings.set("aws.endpointUrlS3", s3.toString());
    settings.set("aws.endpointUrlLambda", lambdaAndStepFunctions.toString());
    settings.set("aws.endpointUrlSfn", lambdaAndStepFunctions.toString());
    return settings;
  }

  private SdkSettings() {}

  private void set(String name, String value) {
    before.put(name, System.getProperty(name));
    System.setProperty(name, value);
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
