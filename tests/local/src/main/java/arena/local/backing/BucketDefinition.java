package arena.local.backing;

import java.util.List;
import java.util.Optional;

/**
 * A bucket that the template declares.
 *
 * @param name 3 to 63 lower-case letters, digits, dots and hyphens, by the rules of S3
 * @param cors the CORS rule, if any
 */
public record BucketDefinition(String name, Optional<Cors> cors) {
  /**
   * A CORS rule. The age of preflight responses is not part of it: the local server sends none.
   *
   * @param origins allowed origins, or {@code *}
   * @param methods allowed methods
   * @param headers allowed request headers, or {@code *}
   * @param exposed response headers that scripts may read
   */
  public record Cors(
      List<String> origins, List<String> methods, List<String> headers, List<String> exposed) {
    /** Copies the collections. */
    public Cors {
      origins = List.copyOf(origins);
      methods = List.copyOf(methods);
      headers = List.copyOf(headers);
      exposed = List.copyOf(exposed);
    }
  }

  /** Returns a bucket without a CORS rule. */
  public static BucketDefinition named(String name) {
    return new BucketDefinition(name, Optional.empty());
  }
}
