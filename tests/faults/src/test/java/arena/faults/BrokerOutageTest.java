package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.Jedis;

/**
 * Takes the broker away from five runs with readers: every run is complete meanwhile, and each
 * reader has every event soon after the broker is back.
 */
@ResourceLock(value = FaultStack.ALL, mode = ResourceAccessMode.READ_WRITE)
final class BrokerOutageTest {
  private static final int RUNS = 5;

  /** Time in which the runs must end while the broker is away. */
  private static final Duration END_BOUND = Duration.ofSeconds(60);

  /** Time after the outage in which readers must have every event. */
  private static final Duration READER_BOUND = Duration.ofSeconds(30);

  @TempDir Path folder;

  static Stream<Fault> faults() {
    return Fault.selected(
        Fault.BROKER_STOPPED,
        Fault.BROKER_REFUSES,
        Fault.BROKER_READ_ONLY,
        Fault.BROKER_FULL,
        Fault.BROKER_LOST,
        Fault.BROKER_RESTORED);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void runsOutliveTheBroker(Fault fault) {
    if (fault == Fault.BROKER_STOPPED) {
      try (ProcessStack stack = new ProcessStack(folder)) {
        outlive(
            fault,
            stack,
            new BrokerOutage(
                Duration.ofSeconds(150),
                () -> stack.signalRedis("STOP"),
                () -> stack.signalRedis("CONT")));
      }
      return;
    }
    FaultStack arena = FaultStack.shared();
    arena.assertCountersMatchRuns();
    outlive(fault, arena, outage(fault, arena));
    arena.assertCountersMatchRuns();
  }

  private BrokerOutage outage(Fault fault, FaultStack arena) {
    return switch (fault) {
      case BROKER_REFUSES ->
          new BrokerOutage(
              Duration.ofSeconds(150),
              () -> arena.redisProxy().refuse(),
              () -> arena.redisProxy().listen());
      // a replica of a primary that does not exist refuses writes, as after a failover
      case BROKER_READ_ONLY ->
          new BrokerOutage(
              Duration.ofSeconds(90),
              operator(arena, redis -> redis.replicaof("127.0.0.1", 1)),
              operator(arena, Jedis::replicaofNoOne));
      case BROKER_FULL ->
          new BrokerOutage(
              Duration.ZERO,
              operator(
                  arena,
                  redis -> {
                    redis.configSet("maxmemory-policy", "noeviction");
                    redis.configSet("maxmemory", "1mb");
                  }),
              operator(arena, redis -> redis.configSet("maxmemory", "0")));
      case BROKER_LOST -> replaced(arena, arena.redisFiles()::delete);
      default ->
          replaced(
              arena,
              () -> {
                arena.redisFiles().delete();
                new RedisFiles(folder).copyTo(arena.redisFiles().folder());
              });
    };
  }

  private static Runnable operator(FaultStack arena, Consumer<Jedis> commands) {
    return () -> {
      try (Jedis redis = arena.redis()) {
        commands.accept(redis);
      }
    };
  }

  /** Another Redis takes its place, with files that {@code replace} leaves. */
  private static BrokerOutage replaced(FaultStack arena, Runnable replace) {
    return new BrokerOutage(
        Duration.ZERO,
        () -> arena.stack().killRedis(),
        () -> {
          replace.run();
          arena.stack().restartRedis();
        });
  }

  /**
   * An outage.
   *
   * @param duration how long it lasts at least
   */
  private record BrokerOutage(Duration duration, Runnable begin, Runnable end) {}

  private void outlive(Fault fault, Stack arena, BrokerOutage outage) {
    List<FaultScenario> scenarios = new ArrayList<>();
    try {
      for (int number = 0; number < RUNS; number++) {
        scenarios.add(FaultScenario.start(arena, fault.token() + "-" + number).awaitModelCall());
      }
      if (fault == Fault.BROKER_RESTORED) {
        FaultStack.shared().redisFiles().copyTo(folder);
      }
      List<HoldPoint> held = scenarios.stream().map(scenario -> scenario.holdModelCall(2)).toList();
      scenarios.forEach(FaultScenario::resume);
      held.forEach(one -> one.awaitReached(HoldPoint.TIMEOUT));
      scenarios.forEach(
          scenario ->
              scenario.reader().awaitEvents(6 + FaultScenario.EVENTS_BEFORE_MODEL, END_BOUND));
      Instant begin = Instant.now();
      outage.begin().run();
      held.forEach(HoldPoint::release);
      String fork;
      ProtocolReader late;
      try {
        scenarios.forEach(scenario -> awaitComplete(arena, scenario.runId()));
        fork = fork(arena, scenarios.getFirst().runId());
        late = ProtocolReader.of(arena.client(), fork);
        awaitComplete(arena, fork);
        arena.client().get("/metrics").expect(200);
        arena.client().get("/replays").expect(200);
        arena.client().get("/runs/" + fork + "/diagnosis").expect(200);
        Duration left = outage.duration().minus(Duration.between(begin, Instant.now()));
        Outage.last(left.isNegative() ? Duration.ZERO : left);
      } finally {
        outage.end().run();
      }
      Instant back = Instant.now();
      for (FaultScenario scenario : scenarios) {
        scenario.reader().awaitClosed(READER_BOUND.minus(Duration.between(back, Instant.now())));
      }
      try (late) {
        Duration left = READER_BOUND.minus(Duration.between(back, Instant.now()));
        assertEquals(arena.events(fork), late.awaitClosed(left).events());
      }
      Set<Outcome> outcomes = new TreeSet<>(Comparator.comparing(Outcome::toString));
      for (FaultScenario scenario : scenarios) {
        scenario.markFault();
        outcomes.add(scenario.awaitComplete(READER_BOUND).withReader(""));
      }
      assertEquals(1, outcomes.size(), "one outcome for all runs: " + outcomes);
      Matrix.record(fault, outcomes.iterator().next());
    } finally {
      scenarios.forEach(FaultScenario::close);
    }
  }

  /** Waits until a run is complete, archived and readable. */
  private static void awaitComplete(Stack arena, String runId) {
    JsonNode row = arena.client().pollEnd(runId, END_BOUND);
    assertEquals("complete", row.get("status").textValue());
    assertEquals(row.get("n_events").intValue(), arena.events(runId).size());
  }

  private static String fork(Stack arena, String parent) {
    return arena
        .client()
        .post(
            "/forks",
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":1,\"n_turns\":2,\"profile\":{\"model\":\"scripted\"}}",
                parent))
        .expect(202)
        .get("child_run_id")
        .textValue();
  }
}
