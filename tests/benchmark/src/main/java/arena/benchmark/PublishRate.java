package arena.benchmark;

import arena.broker.Broker;
import arena.codec.EnvelopeCodec;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import redis.clients.jedis.Jedis;

/** Measures the publish rate of one producer, compared with redis-benchmark on the same server. */
final class PublishRate implements Measurement {
  private static final double LIMIT = 0.25;
  private static final int BATCH = 8;
  private static final int EVENT_BYTES = 1_024;
  private static final int EVENTS = 12_000;
  private static final Rounds ROUNDS = new Rounds(5, 15, Duration.ofSeconds(12));
  private static final String USER = "benchmark";
  private static final String STREAM = "benchmark:events";

  @Override
  public String title() {
    return String.format(
        Locale.ROOT, "publish rate, %d rounds of %,d events", ROUNDS.wanted(), EVENTS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    Optional<RedisBenchmark> reference = RedisBenchmark.find();
    List<Double> published = new ArrayList<>();
    List<Double> added = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    try (Jedis redis = stack.redis()) {
      // ElastiCache has no append-only file; a rewrite of the file would disturb a round.
      redis.configSet("appendonly", "no");
      redis.aclSetUser(USER, "on", "nopass", "~" + STREAM, "+xadd");
      try {
        ROUNDS.each(
            round -> {
              double ours = publish(stack.broker());
              Optional<Double> theirs = reference.map(program -> add(program, stack, redis));
              if (round < 1) {
                return; // warm-up
              }
              stack.progress(String.format(Locale.ROOT, "round %d: %,.0f events/s", round, ours));
              published.add(ours);
              theirs.ifPresent(
                  rate -> {
                    added.add(rate);
                    ratios.add(ours / rate);
                  });
            });
      } finally {
        redis.aclDelUser(USER);
        redis.configSet("appendonly", "yes");
      }
    }
    return rows(published, added, ratios);
  }

  private static List<Row> rows(List<Double> published, List<Double> added, List<Double> ratios) {
    List<Row> rows = new ArrayList<>();
    String reference = "";
    if (ratios.isEmpty()) {
      rows.add(
          Row.note(
              "publish rate",
              "no reference, because redis-benchmark is not on the PATH; install it with"
                  + " apt-get install redis-tools"));
    } else {
      rows.add(Row.atLeast("publish rate", Sample.median(ratios), "of redis-benchmark's", LIMIT));
      reference =
          String.format(
              Locale.ROOT,
              "%s by redis-benchmark, XADD, 1 client, pipeline %d",
              Row.amount(Sample.median(added)),
              RedisBenchmark.PIPELINE);
    }
    rows.add(
        Row.amount(
            String.format(Locale.ROOT, "publish, batches of %d, 1 KB each", BATCH),
            Sample.median(published),
            "events/s",
            reference));
    return rows;
  }

  /** Publishes over one connection; returns events per second. */
  private static double publish(Broker broker) {
    RunId runId = RunId.of(UUID.randomUUID());
    List<List<Event>> batches = batches(runId);
    broker.open(runId, "benchmark", Instant.now());
    long start = System.nanoTime();
    for (List<Event> batch : batches) {
      broker.publish(runId, batch);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    broker.close(runId);
    broker.drop(runId);
    return EVENTS / seconds;
  }

  private static double add(RedisBenchmark program, MeasuredStack stack, Jedis redis) {
    String envelope = EnvelopeCodec.write(event(RunId.of(UUID.randomUUID()), 1));
    double rate =
        program.addToStream(
            stack.redisPort(), USER, STREAM, Broker.BUFFER_EVENTS, envelope, EVENTS);
    redis.del(STREAM);
    return rate;
  }

  private static List<List<Event>> batches(RunId runId) {
    List<List<Event>> batches = new ArrayList<>();
    for (int first = 1; first <= EVENTS; first += BATCH) {
      List<Event> batch = new ArrayList<>();
      for (int seq = first; seq < first + BATCH; seq++) {
        batch.add(event(runId, seq));
      }
      batches.add(batch);
    }
    return batches;
  }

  /** An event whose envelope has {@link #EVENT_BYTES} bytes. */
  private static Event event(RunId runId, int seq) {
    int padding = EVENT_BYTES - EnvelopeCodec.write(event(runId, seq, "")).length();
    return event(runId, seq, "x".repeat(padding));
  }

  private static Event event(RunId runId, int seq, String text) {
    Payload payload = new Payload.LlmPrompt(text);
    return new Event(
        runId,
        seq,
        "benchmark",
        seq / BATCH,
        payload.kind(),
        PayloadCodec.write(payload),
        Instant.EPOCH.plusSeconds(seq).plusNanos(123_456_000),
        Event.SCHEMA_VERSION);
  }
}
