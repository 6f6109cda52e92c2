package arena.local;

import arena.local.iam.Credentials;
import java.security.SecureRandom;
import java.util.Base64;
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

  private static final int SECRET_BYTES = 30;

  /**
   * Returns an identity that others cannot guess. With the placeholder's secret any web page could
   * sign requests to the local S3, which only checks signatures.
   */
  CallerIdentity withRandomSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    return new CallerIdentity(accessKeyId, secret, sessionToken, region);
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
