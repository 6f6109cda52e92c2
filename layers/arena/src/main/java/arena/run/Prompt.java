package arena.run;

import java.util.Objects;

/**
 * Identifies the prompt that a run's model is given.
 *
 * @param version the variant and the number of its version, such as {@code strategy-2}
 * @param sha256 the first 16 hex digits of the SHA-256 of the prompt's text in UTF-8
 */
public record Prompt(String version, String sha256) {
  /** Refuses missing parts. */
  public Prompt {
    Objects.requireNonNull(version);
    Objects.requireNonNull(sha256);
  }
}
