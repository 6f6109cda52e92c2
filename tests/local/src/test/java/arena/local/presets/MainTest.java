package arena.local.presets;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private static final String PRESET =
      "[{\"name\":\"careful\",\"version\":1,\"profile\":{\"model\":\"%s\"}}]";

  @TempDir Path folder;

  private String check(int status, String presets, String... options) throws IOException {
    Files.writeString(folder.resolve("presets.json"), presets);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    List<String> arguments = new ArrayList<>(List.of("presets.json"));
    arguments.addAll(List.of(options));
    assertEquals(status, Main.run(folder, arguments, stream, stream));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void acceptsValidPresets() throws IOException {
    assertEquals("valid\n", check(0, PRESET.replace("%s", "openai:small")));
  }

  @Test
  void namesPresetAndFieldOfMistake() throws IOException {
    String output = check(1, PRESET.replace("%s", "opnai:small"));
    assertTrue(output.contains("presets[0] (careful)") && output.contains("model"), output);
  }

  @Test
  void rejectsBedrockModelThatTheDeploymentDoesNotAllow() throws IOException {
    String preset = PRESET.replace("%s", "bedrock:amazon.nova-lite-v1:0");
    assertEquals("valid\n", check(0, preset, "--bedrock-models", "amazon.*"));
    String output = check(1, preset, "--bedrock-models", "meta.*");
    assertTrue(output.contains("profile.model is not offered"), output);
  }

  @Test
  void rejectsUnknownArguments() throws IOException {
    assertTrue(check(1, "[]", "--quickly").contains("presets takes"));
  }
}
