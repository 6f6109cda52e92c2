package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerSnapshot;
import arena.catalog.Counters;
import arena.error.Dependency;
import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunId;
import arena.text.Redactor;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Which sources are queried, how often, and how failures are handled. */
class CollectorTest {
  private final FactsFixture facts = new FactsFixture();
  private final List<String> queried = new CopyOnWriteArrayList<>();
  private boolean brokerDown;
  private boolean brokerDownOnce;

  private final FactSources sources =
      new FactSources() {
        private <T> T answer(String source, ProbeResult<T> result) {
          queried.add(source);
          return result.known().orElseThrow();
        }

        @Override
        public Optional<Run> row(RunId runId) {
          return answer("row", facts.row);
        }

        @Override
        public List<JournalTail.EntrySummary> journal(RunId runId, int limit) {
          return answer("journal", facts.journal);
        }

        @Override
        public BrokerSnapshot broker(RunId runId) {
          boolean down = brokerDown || (brokerDownOnce && !queried.contains("broker"));
          BrokerSnapshot snapshot = answer("broker", facts.broker);
          if (down) {
            throw Dependency.BROKER.unavailable("connection refused", null);
          }
          return snapshot;
        }

        @Override
        public Counters counters() {
          queried.add("counters");
          return new Counters(10, 0, 0, 1);
        }

        @Override
        public Optional<ExecutionState> execution(RunId runId) {
          return answer("execution", facts.execution);
        }

        @Override
        public List<ExecutionState.Entry> history(RunId runId, int limit) {
          throw new AssertionError("only a report reads the whole history");
        }

        @Override
        public CacheStatus cache() {
          queried.add("cache");
          return new CacheStatus("available", List.of(), List.of());
        }
      };

  private Diagnosis diagnose() {
    return new FactCollector(
            sources,
            facts.facts().thresholds(),
            "redis-cli",
            Redactor.OF_FORMATS,
            Clock.fixed(FactsFixture.NOW, ZoneOffset.UTC),
            _ -> {})
        .diagnose(FactsFixture.RUN, FactsFixture.HTTP, false);
  }

  @Test
  void makesFiveStoreCallsForAHealthyRun() {
    Diagnosis diagnosis = diagnose();
    assertEquals(Cause.WAITING_FOR_MODEL, diagnosis.main().cause(), diagnosis::toString);
    List<String> stores =
        queried.stream().filter(source -> !List.of("execution", "cache").contains(source)).toList();
    assertEquals(5, stores.size(), queried::toString);
    assertTrue(diagnosis.facts().growth().isPresent());
    assertTrue(!queried.contains("cache"), "no rule needs it");
  }

  @Test
  void reportsAFailedSourceAndQueriesElastiCache() {
    brokerDown = true;
    Diagnosis diagnosis = diagnose();
    assertEquals(Cause.BROKER_UNREACHABLE, diagnosis.main().cause());
    assertTrue(diagnosis.facts().broker().failure().orElse("").contains("connection refused"));
    assertTrue(queried.contains("cache"));
  }

  @Test
  void ignoresAProblemThatTheSecondCollectionDoesNotConfirm() {
    brokerDownOnce = true;
    assertEquals(Cause.WAITING_FOR_MODEL, diagnose().main().cause());
  }
}
