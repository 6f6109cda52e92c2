package arena.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Set;
import java.util.stream.StreamSupport;

/** Experiments and races that are played to their end. */
final class PlayedComparison {
  private static final Set<String> OPEN = Set.of("waiting", "running");

  private PlayedComparison() {}

  /**
   * Starts an experiment or a race and waits for its end.
   *
   * @param kind {@code experiment} or {@code race}
   * @return its row in the list
   * @throws IllegalStateException if it is not complete within the limit
   */
  static JsonNode play(MeasuredStack stack, String kind, String body, Duration limit) {
    String path = "/" + kind + "s";
    String id = stack.client().post(path, body).expect(202).path(kind + "_id").asText();
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      JsonNode row = stack.client().get(path + "?limit=1").expect(200).get(0);
      if (!row.path(kind + "_id").asText().equals(id)) {
        throw new IllegalStateException("the newest " + kind + " is not " + id);
      }
      if (ended(row)) {
        return row;
      }
      pause(kind, deadline, row);
    }
  }

  /**
   * Waits until all have ended.
   *
   * @param kind {@code experiment} or {@code race}
   */
  static void awaitAll(MeasuredStack stack, String kind, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      JsonNode rows = stack.client().get("/" + kind + "s").expect(200);
      if (StreamSupport.stream(rows.spliterator(), false).allMatch(PlayedComparison::ended)) {
        return;
      }
      pause(kind, deadline, rows);
    }
  }

  private static boolean ended(JsonNode row) {
    return !OPEN.contains(row.path("status").asText());
  }

  private static void pause(String kind, long deadline, JsonNode found) {
    if (System.nanoTime() > deadline) {
      throw new IllegalStateException(kind + " did not end in time: " + found);
    }
    MeasuredStack.pause();
  }
}
