package arena.local;

import java.util.Optional;

/**
 * The AWS credentials of the functions. The local stack accepts any; Bedrock needs real ones.
 *
 * @param accessKeyId the access key
 * @param secretAccessKey the secret of the access key
 * @param sessionToken the token of temporary credentials
 * @param region the region that the functions call
 */
public record CallerIdentity(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken, String region) {
  /** Placeholder credentials. */
  public static final CallerIdentity LOCAL =
      new CallerIdentity("local", "local", Optional.empty(), "us-east-1");

  /** Omits the secrets. */
  @Override
  public String toString() {
    return "CallerIdentity[" + accessKeyId + ", " + region + "]";
  }
}
