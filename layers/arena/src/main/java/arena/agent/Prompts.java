package arena.agent;

import arena.run.Profile;
import arena.run.Prompt;
import arena.run.PromptVariant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
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
    byte[] text = system(variant).getBytes(StandardCharsets.UTF_8);
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
      return new Prompt(
          version(variant), HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
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
