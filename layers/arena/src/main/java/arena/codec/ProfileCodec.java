package arena.codec;

import arena.run.Profile;
import arena.run.PromptVariant;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/** A profile as JSON: {@code {"name","model","temperature","prompt_variant"}}. */
public final class ProfileCodec {
  private ProfileCodec() {}

  /** The profile as a JSON object. */
  public static String write(Profile profile) {
    return JsonText.object(out -> writeFields(profile, out));
  }

  /**
   * Reads a whole profile, one that {@link #write} made.
   *
   * @throws MalformedJson if it is none
   */
  public static Profile read(String json) {
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      return read(in);
    } catch (IOException e) {
      throw new MalformedJson("not a profile", e);
    }
  }

  /** Writes the fields into the object that the generator is in. */
  public static void writeFields(Profile profile, JsonGenerator out) throws IOException {
    out.writeStringField("name", profile.name());
    out.writeStringField("model", profile.model());
    out.writeNumberField("temperature", profile.temperature());
    out.writeStringField("prompt_variant", profile.promptVariant().label());
  }

  static Profile read(JsonParser in) throws IOException {
    var reader = new Reader();
    JsonText.eachField(in, reader::field);
    return reader.profile();
  }

  private static final class Reader {
    private String name;
    private String model;
    private double temperature;
    private PromptVariant promptVariant = PromptVariant.STRATEGY;

    private void field(String field, JsonParser in) throws IOException {
      switch (field) {
        case "name" -> name = in.getText();
        case "model" -> model = in.getText();
        case "temperature" -> temperature = in.getDoubleValue();
        case "prompt_variant" -> {
          String label = in.getText();
          promptVariant =
              PromptVariant.labelled(label)
                  .orElseThrow(() -> new MalformedJson("no prompt variant is called " + label));
        }
        default -> {
          // a later version's field
        }
      }
    }

    private Profile profile() {
      if (name == null || model == null) {
        throw new MalformedJson("a profile has a name and a model");
      }
      return new Profile(name, model, temperature, promptVariant);
    }
  }
}
