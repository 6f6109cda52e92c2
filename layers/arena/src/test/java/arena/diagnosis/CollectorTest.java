package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerSnapshot;
import arena.broker.BrokerUnavailable;
import arena.journal.JournalTail;
import arena.run.Run;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** How often sources are asked, and what becomes of one that does not answer. */
class CollectorTest {
  private final FactsFixture facts = new FactsFixture();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private boolean brokerAway;
  private boolean brokerAwayOnce;

  private final FactSources sources =
      new FactSources() {
        private <T> T told(String whom, ProbeResult<T> told) {
          asked.add(whom);
          return told.known().orElseThrow();
        }

        @Override
        public Optional<Run> row(String runId) {
          return told("row", facts.row);
        }

        @Override
        public List<JournalTail.Written> journal(String runId, int limit) {
          return told("journal", facts.journal);
        }

        @Override
        public BrokerSnapshot broker(String runId) {
          boolean away = brokerAway || (brokerAwayOnce && !asked.contains("broker"));
          BrokerSnapshot look = told("broker", facts.broker);
          if (away) {
            throw new BrokerUnavailable("it is away", null);
          }
          return look;
        }

        @Override
        public long runsOpen() {
          asked.add("runs_open");
          return 1;
        }

        @Override
        public Optional<ExecutionState> execution(String runId) {
          return told("execution", facts.execution);
        }

        @Override
        public List<ExecutionState.Entry> history(String runId, int limit) {
          throw new AssertionError("only a report asks for the whole history");
        }

        @Override
        public CacheStatus cache() {
          asked.add("cache");
          return new CacheStatus("available", List.of(), List.of());
        }
      };

  private Diagnosis diagnose() {
    return new FactCollector(
            sources,
            facts.facts().allowances(),
            "redis-cli",
            Clock.fixed(FactsFixture.NOW, ZoneOffset.UTC))
        .diagnose(FactsFixture.RUN, "http://localhost:8000", false);
  }

  @Test
  void aRunThatIsWellCostsFiveCallsOfTheStores() {
    Diagnosis diagnosis = diagnose();
    assertEquals(Cause.WAITING_FOR_MODEL, diagnosis.main().cause(), diagnosis::toString);
    List<String> stores =
        asked.stream().filter(whom -> !List.of("execution", "cache").contains(whom)).toList();
    assertEquals(5, stores.size(), asked::toString);
    assertTrue(diagnosis.facts().growth().isPresent());
    assertTrue(!asked.contains("cache"), "it would decide nothing");
  }

  @Test
  void aSourceThatFailsIsAFactAndElastiCacheIsAsked() {
    brokerAway = true;
    Diagnosis diagnosis = diagnose();
    assertEquals(Cause.BROKER_UNREACHABLE, diagnosis.main().cause());
    assertTrue(diagnosis.facts().broker().silence().orElse("").contains("it is away"));
    assertTrue(asked.contains("cache"));
  }

  @Test
  void whatASecondLookDoesNotFindIsNotCalledWrong() {
    brokerAwayOnce = true;
    assertEquals(Cause.WAITING_FOR_MODEL, diagnose().main().cause());
  }
}
