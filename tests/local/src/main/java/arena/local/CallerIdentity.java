package arena.local;

import arena.local.iam.Credentials;
import java.util.Optional;

/**
 * AWS credentials and a region. The local stack makes up its own; Bedrock needs real ones.
 *
 * @param accessKeyId the access key
 * @param secretAccessKey the secret of the access key
 * @param sessionToken the token of temporary credentials
 * @param region the region that the functions call
 */
public record CallerIdentity(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken, String region) {
  /** Placeholder credentials, which the local stack does not accept. */
  public static final CallerIdentity LOCAL =
      new CallerIdentity("local", "local", Optional.empty(), "us-east-1");

  /** Returns an identity with other credentials in the same region. */
  CallerIdentity with(Credentials credentials) {
    return new CallerIdentity(
        credentials.accessKeyId(),
        credentials.secretAccessKey(),
        credentials.sessionToken(),
        region);
  }

  /** Returns the credentials without the region. */
  Credentials credentials() {
    return new Credentials(accessKeyId, secretAccessKey, sessionToken);
  }

  /** Omits the secrets. */
  @Override
  public String toString() {
    return "CallerIdentity[" + accessKeyId + ", " + region + "]";
  }
}
