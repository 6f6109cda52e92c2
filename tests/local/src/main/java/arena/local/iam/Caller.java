package arena.local.iam;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Identifies the caller of a request by the access key that it is signed with. */
public final class Caller {
  private static final Pattern HEADER =
      Pattern.compile("AWS4-HMAC-SHA256 .*?Credential=([A-Za-z0-9]{1,128})/.*");

  private Caller() {}

  /**
   * Returns the access key of a request; empty if it is not signed. The signature is not checked.
   *
   * @param authorization the header {@code Authorization}; null if there is none
   */
  public static Optional<String> of(String authorization) {
    Matcher header = HEADER.matcher(authorization == null ? "" : authorization);
    return header.matches() ? Optional.of(header.group(1)) : Optional.empty();
  }
}
