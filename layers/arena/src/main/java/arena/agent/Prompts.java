package arena.agent;

import arena.run.PromptVariant;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * What a model is told before it plays, one file a variant. A file never changes once it was played
 * with: a better prompt is a new file with the next version in its name, and the old one stays, so
 * that what an old run was told can be read.
 */
final class Prompts {
  /** The version that new turns are played with, as the files' names have it. */
  static final int VERSION = 1;

  private Prompts() {}

  /** The file of this variant, such as {@code strategy-1.txt}. */
  static String file(PromptVariant variant) {
    return "%s-%s.txt".formatted(variant.label(), VERSION);
  }

  /** The system message of this variant. */
  static String system(PromptVariant variant) {
    String name = "prompts/" + file(variant);
    try (InputStream in = Prompts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the prompt " + name + " is not in the library");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
