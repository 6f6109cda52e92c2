package arena.local.compare;

import arena.json.Json;
import arena.local.client.ArenaClient;
import arena.text.PlainText;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Implements {@code ./arena experiment}, {@code race} and {@code rank} over the HTTP interface of a
 * stack. Results go to standard output; the estimate, the question and the progress do not.
 */
public final class Main {
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
  private static final Pattern TOKEN = Pattern.compile("arena_[a-z2-7]{8}_[A-Za-z0-9_-]{43}");

  private static final Map<String, String> RANKING =
      Map.of(
          "--race", "race_id",
          "--model", "model",
          "--scenario", "scenario",
          "--prompt-version", "prompt_version",
          "--from", "from",
          "--to", "to",
          "--by", "by",
          "--samples", "samples",
          "--seed", "seed");

  /** Time that a command follows a comparison. */
  private static final Duration LONGEST = Duration.ofDays(7);

  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final int BAR = 40;

  private final ArenaClient arena;
  private final Terminal terminal;

  private Main(ArenaClient arena, Terminal terminal) {
    this.arena = arena;
    this.terminal = terminal;
  }

  /**
   * Where the command prints and asks.
   *
   * @param out for results
   * @param err for everything else
   * @param confirm asks to start; false if there is no terminal to ask on
   * @param interactive whether a line can be overwritten
   */
  public record Terminal(
      PrintStream out, PrintStream err, BooleanSupplier confirm, boolean interactive) {}

  /** What the command cannot do, in one sentence. */
  private static final class Failed extends RuntimeException {
    Failed(String message) {
      super(message);
    }
  }

  /** Takes the command's name, the folder that it was called from, the address, and the rest. */
  public static void main(String[] arguments) {
    boolean interactive = System.console().isTerminal();
    Terminal terminal =
        new Terminal(System.out, System.err, interactive ? Main::ask : () -> false, interactive);
    Optional<String> token = Optional.ofNullable(System.getenv("ARENA_TOKEN"));
    System.exit(
        run(
            arguments[0],
            Path.of(arguments[1]),
            List.of(arguments).subList(2, arguments.length),
            token.filter(text -> !text.isEmpty()),
            terminal));
  }

  private static boolean ask() {
    System.err.print("Start? [y/N] ");
    System.err.flush();
    try {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      String answer = in.readLine();
      return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a command.
   *
   * @param command {@code experiment}, {@code race} or {@code rank}
   * @param folder where files are looked up
   * @param rest the command's arguments; they contain {@code --url}
   * @return the exit status
   */
  public static int run(
      String command, Path folder, List<String> rest, Optional<String> token, Terminal terminal) {
    try {
      if (token.isPresent() && !TOKEN.matcher(token.get()).matches()) {
        throw new Failed("ARENA_TOKEN is not a token of ./arena token create");
      }
      boolean ranks = command.equals("rank");
      Arguments arguments =
          ranks
              ? Arguments.read(rest, with(RANKING.keySet(), "--url"), Set.of("--json", "--runs"))
              : Arguments.read(
                  rest, Set.of("--url"), Set.of("--json", "--yes", "--dry-run", "--no-wait"));
      URI url = URI.create(arguments.option("--url").orElse("") + "/").resolve("/");
      try (ArenaClient arena = new ArenaClient(url, url, token)) {
        Main main = new Main(arena, terminal);
        if (ranks) {
          main.rank(arguments);
        } else {
          main.compare(command, folder, arguments);
        }
        return 0;
      }
    } catch (IllegalArgumentException e) {
      terminal.err().println("arena: " + PlainText.line(String.valueOf(e.getMessage())));
      return 2;
    } catch (Failed | UncheckedIOException | IllegalStateException e) {
      terminal.err().println("arena: " + PlainText.line(String.valueOf(e.getMessage())));
      return 1;
    }
  }

  private static Set<String> with(Set<String> names, String other) {
    Set<String> all = new HashSet<>(names);
    all.add(other);
    return all;
  }

  // ---- rank

  private void rank(Arguments arguments) {
    if (!arguments.subject().isEmpty()) {
      throw new IllegalArgumentException("unexpected argument '" + arguments.subject() + "'");
    }
    StringJoiner query = new StringJoiner("&", "/rankings?", "");
    RANKING.forEach(
        (option, parameter) ->
            arguments
                .values(option)
                .forEach(
                    value ->
                        query.add(
                            parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))));
    if (arguments.has("--runs")) {
      query.add("source=runs");
    }
    print(get(query.toString()), arguments, Tables::ranking);
  }

  // ---- experiment and race

  private void compare(String kind, Path folder, Arguments arguments) {
    String all = "/" + kind + "s";
    String id;
    if (ID.matcher(arguments.subject()).matches()) {
      id = arguments.subject();
    } else {
      ObjectNode request = request(kind, folder, arguments.subject());
      JsonNode plan = send(all, request.deepCopy().put("dry_run", true)).path("plan");
      Tables.plan(plan).forEach(terminal.err()::println);
      if (arguments.has("--dry-run")) {
        if (arguments.has("--json")) {
          terminal.out().println(PlainText.escaped(plan.toString()));
        }
        return;
      }
      if (!arguments.has("--yes") && !terminal.confirm().getAsBoolean()) {
        throw new Failed("not started; add --yes to start without a question");
      }
      id = send(all, request).path(kind + "_id").asText();
      if (!ID.matcher(id).matches()) {
        throw new Failed("the response has no id of an experiment or a race");
      }
      terminal.err().printf(Locale.ROOT, "arena: %s %s started%n", kind, id);
    }
    JsonNode result = arguments.has("--no-wait") ? get(all + "/" + id) : follow(all + "/" + id);
    print(result, arguments, kind.equals("race") ? Tables::race : Tables::experiment);
  }

  private static ObjectNode request(String kind, Path folder, String file) {
    if (file.isEmpty()) {
      throw new IllegalArgumentException(kind + " takes a file with a request, or an id");
    }
    try {
      JsonNode json = Json.read(Files.readString(folder.resolve(file)));
      // A sample event of the function has the request as its body.
      JsonNode body = json.path("body").isTextual() ? Json.read(json.path("body").asText()) : json;
      if (body instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException(file + " is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + " is not JSON", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read the file " + file, e);
    }
  }

  /** Shows the progress until the comparison ends. */
  private JsonNode follow(String path) {
    Instant end = Instant.now().plus(LONGEST);
    String shown = "";
    while (Instant.now().isBefore(end)) {
      JsonNode state = get(path);
      String line = progress(state);
      if (!line.equals(shown)) {
        terminal.err().print((terminal.interactive() ? "\r" : "") + line);
        terminal.err().print(terminal.interactive() ? "\u001b[K" : System.lineSeparator());
        terminal.err().flush();
        shown = line;
      }
      if (hasEnded(state)) {
        if (terminal.interactive()) {
          terminal.err().println();
        }
        return state;
      }
      try {
        Thread.sleep(INTERVAL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failed("interrupted; it goes on without this command");
      }
    }
    throw new Failed("it has not ended after " + LONGEST.toDays() + " days");
  }

  /** Whether no run starts any more, and none is being played. */
  private static boolean hasEnded(JsonNode state) {
    return !Set.of("waiting", "running").contains(state.path("status").asText())
        && counts(state).path("running").asInt() == 0;
  }

  /** The numbers of cells by status: a race has them next to its cells. */
  private static JsonNode counts(JsonNode state) {
    JsonNode cells = state.path("cells");
    return cells.isObject() ? cells : state.path("cell_counts");
  }

  /** The cells that ended as a bar, with what else there is to know. */
  private static String progress(JsonNode state) {
    JsonNode counts = counts(state);
    int ended = 0;
    int all = 0;
    for (Map.Entry<String, JsonNode> one : counts.properties()) {
      all += one.getValue().asInt();
      ended += Set.of("planned", "running").contains(one.getKey()) ? 0 : one.getValue().asInt();
    }
    int full = all == 0 ? 0 : BAR * ended / all;
    String waits = state.path("waits_for").asText("");
    return String.format(
        Locale.ROOT,
        "[%s%s] %d of %d runs, %d running, %d failed, $%.2f%s",
        "#".repeat(full),
        " ".repeat(BAR - full),
        ended,
        all,
        counts.path("running").asInt(),
        counts.path("failed").asInt(),
        state.path("cost_usd").asDouble(),
        waits.isEmpty() || waits.equals("null") ? "" : ", waits for " + PlainText.line(waits));
  }

  // ---- the HTTP interface

  @FunctionalInterface
  private interface Text {
    List<String> of(JsonNode result);
  }

  private void print(JsonNode result, Arguments arguments, Text text) {
    if (arguments.has("--json")) {
      terminal.out().println(PlainText.escaped(result.toString()));
    } else {
      text.of(result).forEach(terminal.out()::println);
    }
  }

  private JsonNode get(String path) {
    return checked(arena.get(path));
  }

  /**
   * Sends a request that starts something once, also if the response is lost and it is repeated.
   */
  private JsonNode send(String path, ObjectNode body) {
    HttpRequest.Builder request =
        arena
            .request(path)
            .header("content-type", "application/json")
            .header("idempotency-key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    return checked(arena.send(request));
  }

  private static JsonNode checked(ArenaClient.Answer answer) {
    if (answer.status() / 100 == 2) {
      return answer.json();
    }
    JsonNode error = answer.json().path("error");
    String message = error.path("message").asText(answer.text());
    String limit = error.path("limit").asText("");
    throw new Failed(
        String.format(
            Locale.ROOT,
            "%s (status %d%s)",
            message,
            answer.status(),
            limit.isEmpty() ? "" : "; " + limit));
  }
}
