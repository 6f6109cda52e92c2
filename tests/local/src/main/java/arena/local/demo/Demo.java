package arena.local.demo;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.text.PlainText;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Plays a run, forks it with more food, prints the fork's events live, and then compares parent and
 * child. It succeeds only if every event of the fork arrives live, once, in order, and is stored
 * with the same bytes.
 */
public final class Demo {
  private static final int PARENT_TURNS = 30;
  private static final int FORK_AT = 10;
  private static final int FORK_TURNS = 20;
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final ArenaClient arena;
  private final PrintStream out;

  /** Creates a demonstration with this client, printed to this stream. */
  public Demo(ArenaClient arena, PrintStream out) {
    this.arena = arena;
    this.out = out;
  }

  /**
   * Runs the demonstration.
   *
   * @return the faults, one message each; empty on success
   */
  public List<String> play() {
    List<String> faults = new ArrayList<>();
    String parent =
        arena.startRun(
            String.format(
                Locale.ROOT,
                "{\"scenario\":\"balanced\",\"n_turns\":%d,\"label\":\"demo\"}",
                PARENT_TURNS));
    out.printf(Locale.ROOT, "run   %s: %d turns from balanced%n", parent, PARENT_TURNS);
    JsonNode parentRow = arena.awaitEnd(parent, SILENCE);
    out.printf(
        Locale.ROOT,
        "      %s, %d events, archived at %s%n",
        PlainText.line(parentRow.path("status").asText()),
        parentRow.path("n_events").asLong(),
        PlainText.line(parentRow.path("db_path").asText()));

    String child =
        arena.startFork(
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"mutation\":{\"food\":1500},\"n_turns\":%d,\"reason\":\"demo\"}",
                parent,
                FORK_AT,
                FORK_TURNS));
    out.printf(
        Locale.ROOT, "fork  %s: of that run at turn %d, with food=1500; live:%n", child, FORK_AT);
    LiveReader.Closed closed;
    try (LiveReader reader = arena.live()) {
      reader.subscribe(child, 1);
      closed = reader.untilClosed(child, SILENCE, this::show);
    }
    out.printf(Locale.ROOT, "      closed: %s, last seq %d%n", closed.status(), closed.lastSeq());

    if (!closed.status().equals("complete")) {
      faults.add("the fork ended with status " + closed.status());
    }
    checkOnceInOrder(closed, faults);
    List<Envelope> stored = arena.events(child, 1);
    if (!stored.equals(closed.events())) {
      faults.add(
          String.format(
              Locale.ROOT,
              "the live events (%d) differ from the archived events (%d)",
              closed.events().size(),
              stored.size()));
    }
    compare(parent, child);
    if (faults.isEmpty()) {
      out.printf(
          Locale.ROOT,
          "ok    all %d events arrived live, once, in order, and are archived with the same bytes%n",
          closed.events().size());
    }
    return faults;
  }

  private static void checkOnceInOrder(LiveReader.Closed closed, List<String> faults) {
    long expected = 1;
    for (Envelope envelope : closed.events()) {
      if (envelope.seq() != expected) {
        faults.add(
            String.format(Locale.ROOT, "got seq %d instead of %d", envelope.seq(), expected));
        return;
      }
      expected++;
    }
    if (closed.lastSeq() != expected - 1) {
      faults.add(
          String.format(
              Locale.ROOT,
              "the last seq is %d, but %d events arrived",
              closed.lastSeq(),
              expected - 1));
    }
  }

  private void show(Envelope envelope) {
    JsonNode event = envelope.fields();
    JsonNode payload = event.path("payload");
    String detail =
        switch (event.path("kind").asText()) {
          case "fork" -> payload.path("mutation_summary").asText();
          case "llm_prompt" -> payload.path("state_summary").asText();
          case "action_result" ->
              payload.path("action_type").asText()
                  + (payload.path("state_changed").asBoolean() ? "" : " (no effect)");
          default -> "";
        };
    out.printf(
        Locale.ROOT,
        "      %4d  t=%-3d %-15s %s%n",
        envelope.seq(),
        event.path("t").asInt(),
        PlainText.line(event.path("kind").asText()),
        PlainText.line(detail));
  }

  private void compare(String parent, String child) {
    JsonNode series = arena.get("/runs/series?run_id=" + parent + "&run_id=" + child).expect(200);
    out.printf("      %-5s %28s    %28s%n", "", "parent", "fork");
    out.printf(
        "      %-5s %9s %9s %8s    %9s %9s %8s%n",
        "turn", "food", "wood", "villagers", "food", "wood", "villagers");
    JsonNode left = series.path(0).path("points");
    JsonNode right = series.path(1).path("points");
    for (JsonNode mine : left) {
      for (JsonNode theirs : right) {
        if (mine.path("turn").asInt() == theirs.path("turn").asInt()) {
          out.printf(
              Locale.ROOT,
              "      %-5d %9.0f %9.0f %8d    %9.0f %9.0f %8d%n",
              mine.path("turn").asInt(),
              mine.path("food").asDouble(),
              mine.path("wood").asDouble(),
              mine.path("population").asInt(),
              theirs.path("food").asDouble(),
              theirs.path("wood").asDouble(),
              theirs.path("population").asInt());
        }
      }
    }
  }
}
