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
        outlive(fault, stack, new Stopped(stack));
      }
      return;
    }
    FaultStack arena = FaultStack.shared();
    arena.assertCountersMatchRuns();
    outlive(
        fault,
        arena,
        switch (fault) {
          case BROKER_REFUSES -> new Refusing(arena);
          case BROKER_READ_ONLY -> new ReadOnly(arena);
          case BROKER_FULL -> new Full(arena);
          case BROKER_LOST -> new Replaced(arena, folder, false);
          default -> new Replaced(arena, folder, true);
        });
    arena.assertCountersMatchRuns();
  }

  /** An outage. */
  private interface BrokerOutage {
    /** Called before the runs have their last events. */
    default void prepare() {}

    void begin();

    /** How long it lasts at least. */
    default Duration duration() {
      return Duration.ZERO;
    }

    void end();
  }

  private void outlive(Fault fault, Stack arena, BrokerOutage outage) {
    List<FaultScenario> scenarios = new ArrayList<>();
    try {
      for (int number = 0; number < RUNS; number++) {
        scenarios.add(FaultScenario.start(arena, fault.token() + "-" + number).awaitModelCall());
      }
      outage.prepare();
      List<HoldPoint> held = scenarios.stream().map(scenario -> scenario.holdModelCall(2)).toList();
      scenarios.forEach(FaultScenario::resume);
      held.forEach(one -> one.awaitReached(HoldPoint.TIMEOUT));
      scenarios.forEach(
          scenario ->
              scenario.reader().awaitEvents(6 + FaultScenario.EVENTS_BEFORE_MODEL, END_BOUND));
      Instant begin = Instant.now();
      outage.begin();
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
        outage.end();
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
    Instant deadline = Instant.now().plus(END_BOUND);
    JsonNode row = arena.row(runId);
    while (!row.get("status").textValue().equals("complete")) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("not complete without the broker: " + row);
      }
      row = arena.row(runId);
    }
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

  private record Stopped(ProcessStack stack) implements BrokerOutage {
    @Override
    public Duration duration() {
      return Duration.ofSeconds(150);
    }

    @Override
    public void begin() {
      stack.signalRedis("STOP");
    }

    @Override
    public void end() {
      stack.signalRedis("CONT");
    }
  }

  private record Refusing(FaultStack arena) implements BrokerOutage {
    @Override
    public Duration duration() {
      return Duration.ofSeconds(150);
    }

    @Override
    public void begin() {
      arena.redisProxy().refuse();
    }

    @Override
    public void end() {
      arena.redisProxy().listen();
    }
  }

  /** A replica of a primary that does not exist refuses writes, as after a failover. */
  private record ReadOnly(FaultStack arena) implements BrokerOutage {
    @Override
    public Duration duration() {
      return Duration.ofSeconds(90);
    }

    @Override
    public void begin() {
      try (Jedis redis = arena.redis()) {
        redis.replicaof("127.0.0.1", 1);
      }
    }

    @Override
    public void end() {
      try (Jedis redis = arena.redis()) {
        redis.replicaofNoOne();
      }
    }
  }

  private record Full(FaultStack arena) implements BrokerOutage {
    @Override
    public void begin() {
      try (Jedis redis = arena.redis()) {
        redis.configSet("maxmemory-policy", "noeviction");
        redis.configSet("maxmemory", "1mb");
      }
    }

    @Override
    public void end() {
      try (Jedis redis = arena.redis()) {
        redis.configSet("maxmemory", "0");
      }
    }
  }

  /** Another Redis takes its place, empty or with a copy of the data from before the outage. */
  private record Replaced(FaultStack arena, Path folder, boolean restored) implements BrokerOutage {
    @Override
    public void prepare() {
      arena.backUpRedis(folder);
    }

    @Override
    public void begin() {
      arena.stack().killRedis();
    }

    @Override
    public void end() {
      if (restored) {
        arena.restoreRedisFiles(folder);
      } else {
        arena.deleteRedisFiles();
      }
      arena.stack().restartRedis();
    }
  }
}
