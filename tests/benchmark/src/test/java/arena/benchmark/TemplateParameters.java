package arena.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads the parts of the template and of the state machine that have no intrinsic functions. */
final class TemplateParameters {
  private TemplateParameters() {}

  private static Yaml yaml() {
    return new Yaml(new SafeConstructor(new LoaderOptions()));
  }

  /** The section {@code Parameters} of a template. */
  static Map<String, Object> read(Path template) {
    try {
      String text = Files.readString(template);
      int begin = text.indexOf("\nParameters:\n") + 1;
      int end = text.indexOf("\nRules:\n");
      return map(map(yaml().load(text.substring(begin, end))).get("Parameters"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The states of a state machine. */
  static Map<String, Object> states(Path definition) throws IOException {
    return map(map(yaml().load(Files.readString(definition))).get("States"));
  }

  /** The sum of the attempts of a state's retriers. */
  static int retries(Map<String, Object> states, String name) {
    return ((List<?>) map(states.get(name)).get("Retry"))
        .stream().mapToInt(retrier -> (int) map(retrier).get("MaxAttempts")).sum();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }
}
