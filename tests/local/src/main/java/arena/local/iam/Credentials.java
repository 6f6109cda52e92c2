package arena.local.iam;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * AWS credentials of a caller.
 *
 * @param accessKeyId the access key, which identifies the caller
 * @param secretAccessKey the secret of the access key
 * @param sessionToken the token of temporary credentials
 */
public record Credentials(
    String accessKeyId, String secretAccessKey, Optional<String> sessionToken) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String KEY_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final String LASTING = "AKIA";
  private static final String TEMPORARY = "ASIA";
  private static final int KEY_LENGTH = 16;
  private static final int SECRET_BYTES = 30;

  /** Returns new credentials without a session token, in the form that AWS gives them. */
  public static Credentials lasting() {
    return new Credentials(key(LASTING), random(), Optional.empty());
  }

  /** Returns new temporary credentials, in the form that AWS gives them. */
  public static Credentials temporary() {
    return new Credentials(key(TEMPORARY), random(), Optional.of(random()));
  }

  private static String key(String prefix) {
    StringBuilder key = new StringBuilder(prefix);
    for (int i = 0; i < KEY_LENGTH; i++) {
      key.append(KEY_CHARACTERS.charAt(RANDOM.nextInt(KEY_CHARACTERS.length())));
    }
    return key.toString();
  }

  private static String random() {
    byte[] bytes = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns the environment variables of a process with these credentials. */
  public Map<String, String> environment() {
    return named("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");
  }

  /** Returns the system properties by which the SDK for Java finds these credentials. */
  public Map<String, String> properties() {
    return named("aws.accessKeyId", "aws.secretAccessKey", "aws.sessionToken");
  }

  private Map<String, String> named(String key, String secret, String token) {
    Map<String, String> named = new LinkedHashMap<>();
    named.put(key, accessKeyId);
    named.put(secret, secretAccessKey);
    sessionToken.ifPresent(value -> named.put(token, value));
    return named;
  }

  /** Omits the secrets. */
  @Override
  public String toString() {
    return "Credentials[" + accessKeyId + "]";
  }
}
