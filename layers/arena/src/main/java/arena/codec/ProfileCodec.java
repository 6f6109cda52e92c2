package arena.codec;

import arena.run.AnswerFormat;
import arena.run.Profile;
import arena.run.PromptVariant;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Serializes and parses profiles: {@code
 * {"name","model","temperature","prompt_variant","answer_format"}}. A profile without an answer
 * format was stored before there was one, and asks for text.
 */
public final class ProfileCodec {
  private ProfileCodec() {}

  public static String write(Profile profile) {
    return JsonText.object(out -> writeFields(profile, out));
  }

  /**
   * Parses a complete profile as written by {@link #write}.
   *
   * @throws MalformedJson if the text is not a valid profile
   */
  public static Profile read(String json) {
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      return read(in);
    } catch (IOException e) {
      throw new MalformedJson("not a profile", e);
    }
  }

  /** Writes the fields into the generator's current object. */
  public static void writeFields(Profile profile, JsonGenerator out) throws IOException {
    out.writeStringField("name", profile.name());
    out.writeStringField("model", profile.model());
    out.writeNumberField("temperature", profile.temperature());
    out.writeStringField("prompt_variant", profile.promptVariant().label());
    out.writeStringField("answer_format", profile.answerFormat().label());
  }

  static Profile read(JsonParser in) throws IOException {
    var reader = new Reader();
    JsonText.readFields(in, reader::field);
    return reader.profile();
  }

  private static final class Reader {
    private @Nullable String name;
    private @Nullable String model;
    private double temperature;
    private PromptVariant promptVariant = PromptVariant.STRATEGY;
    private AnswerFormat answerFormat = AnswerFormat.TEXT;

    private void field(String field, JsonParser in) throws IOException {
      switch (field) {
        case "name" -> name = in.getText();
        case "model" -> model = in.getText();
        case "temperature" -> temperature = in.getDoubleValue();
        case "prompt_variant" -> {
          String label = in.getText();
          promptVariant =
              PromptVariant.fromLabel(label)
                  .orElseThrow(() -> new MalformedJson("unknown prompt_variant " + label));
        }
        case "answer_format" -> {
          String label = in.getText();
          answerFormat =
              AnswerFormat.fromLabel(label)
                  .orElseThrow(() -> new MalformedJson("unknown answer_format " + label));
        }
        default -> {
          // unknown field of a later version
        }
      }
    }

    private Profile profile() {
      if (name == null || model == null) {
        throw new MalformedJson("a profile requires name and model");
      }
      return new Profile(name, model, temperature, promptVariant, answerFormat);
    }
  }
}
