package arena.agent;

import arena.run.AnswerFormat;
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
 * The system prompts of the models, one resource for each variant, and one that is appended for
 * each answer format other than text. A prompt is never edited: a changed prompt is a new file with
 * the next {@link #VERSION}. Each run records the version and hash of the prompt it was created
 * with.
 */
public final class Prompts {
  /** The version of the prompts in use, as in the file names. */
  static final int VERSION = 2;

  /** The version of the texts that ask for another format than text, as in the file names. */
  static final int FORMAT_VERSION = 1;

  /** Hex digits of a prompt's SHA-256 that are recorded. */
  private static final int HASH_DIGITS = 16;

  private Prompts() {}

  /** The prompt that this profile's model is given; empty for the scripted agent. */
  public static Optional<Prompt> of(Profile profile) {
    return profile.callsModel()
        ? Optional.of(identity(profile.promptVariant(), profile.answerFormat()))
        : Optional.empty();
  }

  /** The version and hash of the prompt with this variant and answer format. */
  static Prompt identity(PromptVariant variant, AnswerFormat format) {
    String version =
        format == AnswerFormat.TEXT ? version(variant) : version(variant) + "+" + version(format);
    return new Prompt(version, Sha256.hex(system(variant, format)).substring(0, HASH_DIGITS));
  }

  /** Number of characters of the prompt that a profile's model is given. */
  public static int length(Profile profile) {
    return system(profile.promptVariant(), profile.answerFormat()).length();
  }

  /** The system prompt of this variant, which asks for this format. */
  static String system(PromptVariant variant, AnswerFormat format) {
    String prompt = text(version(variant));
    return format == AnswerFormat.TEXT ? prompt : prompt + text(version(format));
  }

  private static String text(String version) {
    String name = "prompts/%s.txt".formatted(version);
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

  private static String version(AnswerFormat format) {
    return format.label() + "-" + FORMAT_VERSION;
  }
}
