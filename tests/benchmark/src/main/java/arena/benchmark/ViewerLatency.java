package arena.benchmark;

import arena.local.client.Envelope;
import arena.models.Behaviour;
import arena.models.ModelCall;
import arena.models.Reply;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long an event is on its way: from its {@code ts}, which it gets before it is written to the
 * journal, to the viewer's hands. The run is played by a model that takes a while, as models do.
 */
final class ViewerLatency implements Measurement {
  private static final int FEW = 1;
  private static final int MANY = 100;
  private static final int TURNS = 30;
  private static final Rounds ROUNDS = new Rounds(1, 2, Duration.ofSeconds(28));
  private static final int WARM_UP_TURNS = 10;
  private static final Duration SILENCE = Duration.ofSeconds(60);
  private static final String MODEL = "thinks";
  private static final Duration THINKS = Duration.ofMillis(150);

  @Override
  public String title() {
    return "event to viewer, %d rounds of %d turns, with %d and with %d viewers"
        .formatted(ROUNDS.wanted(), TURNS, FEW, MANY);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    stack.model(MODEL, ViewerLatency::think);
    StoreCalls calls = new StoreCalls(stack);
    List<Double> few = new ArrayList<>();
    List<Double> many = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    try (HttpClient client = HttpClient.newHttpClient()) {
      ROUNDS.each(
          round -> {
            if (round < 1) {
              watch(stack, client, MANY, WARM_UP_TURNS);
              return;
            }
            Watched one = watch(stack, client, FEW, TURNS);
            Watched all = watch(stack, client, MANY, TURNS);
            few.addAll(one.millis());
            many.addAll(all.millis());
            calls.again(one.runId()).forEach(turn -> bare.add(turn.firstPart()));
            stack.tell(
                "round %d: half of the events within %.0f ms for %d viewer, within %.0f ms for %d"
                    .formatted(
                        round,
                        Samples.median(one.millis()),
                        FEW,
                        Samples.median(all.millis()),
                        MANY));
          });
      client.shutdownNow();
    }
    return rows(new Samples(few), new Samples(many), Samples.median(bare));
  }

  private static List<Row> rows(Samples few, Samples many, double bare) {
    String writes = "%s ms for append and publish alone".formatted(Row.amount(bare));
    return List.of(
        Row.ratio(
            "event to %d viewer, p50".formatted(FEW),
            few.percentile(50) / bare,
            "times append and publish"),
        Row.ratio(
            "event to %d viewers, p50".formatted(MANY),
            many.percentile(50) / few.percentile(50),
            "times that of %d viewer".formatted(FEW)),
        Row.amount("event to %d viewer, p50".formatted(FEW), few.percentile(50), "ms", writes),
        Row.amount("event to %d viewer, p99".formatted(FEW), few.percentile(99), "ms", writes),
        Row.amount("event to %d viewers, p50".formatted(MANY), many.percentile(50), "ms", writes),
        Row.amount("event to %d viewers, p99".formatted(MANY), many.percentile(99), "ms", writes));
  }

  private static Reply think(ModelCall call) {
    try {
      TimeUnit.MILLISECONDS.sleep(THINKS.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text(Behaviour.ANSWER);
  }

  /** A run, and how long each event took to each viewer. */
  private record Watched(String runId, List<Double> millis) {}

  private static Watched watch(MeasuredStack stack, HttpClient client, int count, int turns) {
    List<Viewer> viewers = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        viewers.add(Viewer.open(client, stack.webSocketUrl()));
      }
      String runId =
          stack
              .client()
              .startRun(
                  "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:%s\"}}".formatted(turns, MODEL));
      viewers.forEach(viewer -> viewer.subscribe(runId));
      // What was written before everybody was there, waited for that, not for its way.
      Instant everybody =
          viewers.stream().map(Viewer::firstEvents).max(Instant::compareTo).orElseThrow();
      List<Double> millis = new ArrayList<>();
      for (Viewer viewer : viewers) {
        for (Viewer.Received received : viewer.untilClosed(SILENCE)) {
          for (Envelope envelope : Envelope.allIn(received.message())) {
            Instant ts = Instant.parse(envelope.fields().path("ts").asText());
            if (ts.isAfter(everybody)) {
              millis.add(Duration.between(ts, received.at()).toNanos() / 1e6);
            }
          }
        }
      }
      stack.awaitEnd(runId);
      return new Watched(runId, millis);
    } finally {
      viewers.forEach(Viewer::close);
    }
  }
}
