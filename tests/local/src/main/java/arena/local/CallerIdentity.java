package arena.local;

import java.util.Optional;

/**
 * Who the functions are to AWS. The stand-ins take anybody; models in Bedrock do not, so whoever
 * wants to use them lends the stack their own.
 *
 * @param accessKeyId the access key
 * @param secretAccessKey its secret
 * @param sessionToken of temporary credentials
 * @param region the region that the functions call
 */
public record CallerIdentity(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken, String region) {
  /** Nobody in particular. */
  public static final CallerIdentity LOCAL =
      new CallerIdentity("local", "local", Optional.empty(), "us-east-1");

  /** Does not show the secrets. */
  @Override
  public String toString() {
    return "Identity[" + accessKeyId + ", " + region + "]";
  }
}
