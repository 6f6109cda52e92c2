package arena.local.logs;

import arena.local.client.ArenaClient;
import arena.text.PlainText;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Implements {@code ./arena logs RUN}: prints the log lines about one run, of all functions, oldest
 * first. The lines come from the run's report, so that it works the same for a local and a deployed
 * stack and needs no credentials.
 */
public final class Main {
  private Main() {}

  /** Takes a run's id, and {@code --url} with the address of a stack that is not local. */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
  }

  static int run(
      List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
    List<String> rest = new ArrayList<>(arguments);
    String url = "http://localhost:" + environment.getOrDefault("ARENA_PORT", "8000");
    int option = rest.indexOf("--url");
    if (option >= 0 && option + 1 < rest.size()) {
      url = rest.remove(option + 1).replaceFirst("/+$", "");
      rest.remove(option);
    }
    if (rest.size() != 1 || !rest.getFirst().matches("[0-9a-f]{32}")) {
      err.println("arena: logs takes a run's id (32 hex digits), and --url for another arena");
      return 2;
    }
    String runId = rest.getFirst();
    Optional<String> token =
        Optional.ofNullable(environment.get("ARENA_TOKEN")).filter(text -> !text.isBlank());
    try (ArenaClient arena = new ArenaClient(URI.create(url), URI.create("ws://unused"), token)) {
      ArenaClient.Answer answer = arena.get("/runs/" + runId + "/report");
      if (answer.status() != 200) {
        err.println(
            "arena: "
                + url
                + " returned "
                + answer.status()
                + ": "
                + PlainText.line(answer.text()));
        return 1;
      }
      return print(answer.json().path("log"), out, err);
    } catch (UncheckedIOException | IllegalArgumentException e) {
      err.println(
          "arena: "
              + url
              + " cannot be reached: "
              + PlainText.line(String.valueOf(e.getMessage())));
      return 1;
    }
  }

  private static int print(JsonNode log, PrintStream out, PrintStream err) {
    if (!log.has("lines")) {
      err.println(
          "arena: the log cannot be read: " + PlainText.line(log.path("unreachable").asText()));
      return 1;
    }
    for (JsonNode line : log.get("lines")) {
      out.println(
          LogText.of(
              line.path("at").asText(),
              line.path("function").asText(),
              line.path("line").asText()));
    }
    if (log.path("truncated").asBoolean()) {
      err.println("arena: the log has more lines; CloudWatch has all of them (RUNBOOK.md, step 1)");
    }
    return 0;
  }
}
