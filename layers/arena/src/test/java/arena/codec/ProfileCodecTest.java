package arena.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.run.AnswerFormat;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.PromptVariant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProfileCodecTest {
  private static final Profile TOOL =
      new Profile("n", "anthropic:m", 0.5, PromptVariant.BARE, AnswerFormat.TOOL);

  @ParameterizedTest
  @EnumSource(AnswerFormat.class)
  void keepsTheAnswerFormat(AnswerFormat format) {
    Profile profile = new Profile("n", "openai:m", 0.5, PromptVariant.BARE, format);
    assertEquals(profile, ProfileCodec.read(ProfileCodec.write(profile)));
  }

  @Test
  void readsAProfileFromBeforeThereWereFormatsAsText() {
    assertEquals(
        new Profile("n", "openai:m", 0.5, PromptVariant.BARE),
        ProfileCodec.read(
            "{\"name\":\"n\",\"model\":\"openai:m\",\"temperature\":0.5,\"prompt_variant\":\"bare\"}"));
  }

  @Test
  void rejectsAnUnknownFormat() {
    String json = ProfileCodec.write(TOOL).replace("\"tool\"", "\"xml\"");
    assertThrows(MalformedJson.class, () -> ProfileCodec.read(json));
  }

  @Test
  void inheritsTheFormatThatARequestOmits() {
    assertEquals(TOOL, ProfileFields.NONE.inheriting(TOOL));
    ProfileFields schema =
        new ProfileFields(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(AnswerFormat.JSON_SCHEMA));
    assertEquals(AnswerFormat.JSON_SCHEMA, schema.inheriting(TOOL).answerFormat());
    assertEquals(AnswerFormat.TEXT, ProfileFields.NONE.withDefaults().answerFormat());
  }
}
