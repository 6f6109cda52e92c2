package arena.benchmark;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Measures a fan-out's look at a run with few and with many readers, of which one is behind. The
 * cost must not depend on the readers that need nothing.
 */
final class FanOutLook implements Measurement {
  private static final int FEW = 10;
  private static final List<Integer> READERS = List.of(FEW, 1_000, Subscribers.MAX_READERS);
  private static final int LOOKS = 2_000;
  private static final double LIMIT = 1.5;
  private static final Rounds ROUNDS = new Rounds(2, 7, Duration.ofSeconds(20));
  private static final Subscribers.LookQuery QUERY = new Subscribers.LookQuery(false, 0, 0, 500);

  @Override
  public String title() {
    return String.format(
        Locale.ROOT, "fan-out look, %d rounds of %,d looks", ROUNDS.wanted(), LOOKS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    Map<Integer, RunId> runs = new TreeMap<>();
    Map<Integer, List<Double>> micros = new TreeMap<>();
    for (int readers : READERS) {
      runs.put(readers, run(stack, readers));
      micros.put(readers, new ArrayList<>());
    }
    ROUNDS.each(
        round ->
            runs.forEach(
                (readers, runId) -> {
                  double each = look(stack.subscribers(), runId);
                  if (round >= 1) {
                    micros.get(readers).add(each);
                  }
                }));
    List<Row> rows = new ArrayList<>();
    double few = Sample.median(micros.get(FEW));
    for (int readers : READERS) {
      double each = Sample.median(micros.get(readers));
      String what = String.format(Locale.ROOT, "fan-out look at %,d readers", readers);
      if (readers != FEW) {
        rows.add(
            Row.atMost(
                what, each / few, String.format(Locale.ROOT, "times that at %d", FEW), LIMIT));
      }
      rows.add(Row.amount(what, each, "µs", "one of them is behind"));
    }
    runs.values().forEach(runId -> stack.broker().close(runId));
    return rows;
  }

  /** Creates a run with one event and this many readers, of which one is behind. */
  private static RunId run(MeasuredStack stack, int readers) {
    RunId runId = RunId.of(UUID.randomUUID());
    stack.broker().open(runId, "benchmark", Instant.now());
    Payload payload = new Payload.LlmPrompt("food=200.0");
    stack
        .broker()
        .publish(
            runId,
            List.of(
                new Event(
                    runId,
                    1,
                    "benchmark",
                    0,
                    payload.kind(),
                    PayloadCodec.write(payload),
                    Instant.EPOCH,
                    Event.SCHEMA_VERSION)));
    for (int i = 0; i < readers; i++) {
      stack.subscribers().put(runId, ConnectionId.of("reader-" + i), i == 0 ? 1 : 2);
    }
    return runId;
  }

  /** Returns the duration of a look, in microseconds. */
  private static double look(Subscribers subscribers, RunId runId) {
    long start = System.nanoTime();
    for (int i = 0; i < LOOKS; i++) {
      if (subscribers.look(runId, QUERY).found().size() != 1) {
        throw new IllegalStateException("a look found other readers than the one behind");
      }
    }
    return (System.nanoTime() - start) / 1e3 / LOOKS;
  }
}
