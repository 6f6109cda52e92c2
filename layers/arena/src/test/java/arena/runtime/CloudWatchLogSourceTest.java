package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class CloudWatchLogSourceTest {
  /** Knows no runs. */
  private static final String CONSOLE = "serve-console";

  @Test
  void readsTheLogOfEveryFunctionInTheTemplateOnce() throws Exception {
    Pattern name = Pattern.compile("FunctionName: !Sub \"\\$\\{AWS::StackName}-([a-z-]+)\"");
    String template = Files.readString(Path.of("..", "..", "template.yaml"));
    assertEquals(
        name.matcher(template)
            .results()
            .map(found -> found.group(1))
            .filter(function -> !function.equals(CONSOLE))
            .sorted()
            .toList(),
        CloudWatchLogSource.FUNCTIONS.stream().sorted().toList());
  }
}
