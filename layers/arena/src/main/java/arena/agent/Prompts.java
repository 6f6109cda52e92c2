package arena.agent;

import arena.run.Profile;
import arena.run.Prompt;
import arena.run.PromptVariant;
import arena.text.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The system prompts of the models, one resource for each variant. A prompt is never edited: a
 * changed prompt is a new file with the next {@link #VERSION}. Each run records the version and
 * hash of the prompt it was created with.
 */
public final class Prompts {
  /** The version of the prompts in use, as in the file names. */
  static final int VERSION = 2;

  /** Hex digits of a prompt's SHA-256 that are recorded. */
  private static final int HASH_DIGITS = 16;

  private Prompts() {}

  /** The prompt that this profile's model is given; empty for the scripted agent. */
  public static Optional<Prompt> of(Profile profile) {
    return profile.model().equals(Profile.SCRIPTED)
        ? Optional.empty()
        : Optional.of(identity(profile.promptVariant()));
  }

  /** The version and hash of this variant's prompt. */
  static Prompt identity(PromptVariant variant) {
    return new Prompt(version(variant), Sha256.hex(system(variant)).substring(0, HASH_DIGITS));
  }

  /** The system prompt of this variant. */
  static String system(PromptVariant variant) {
    String name = "prompts/%s.txt".formatted(version(variant));
    try (InputStream in = Prompts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource not found: " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String version(PromptVariant variant) {
    return variant.label() + "-" + VERSION;
  }
}
