package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.diagnosis.LogLine;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CachedLogSourceTest {
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private Instant now = Instant.parse("2026-01-31T12:00:00Z");
  private int searches;
  private boolean fails;

  private final CachedLogSource cached =
      new CachedLogSource(
          (runId, from, to, limit) -> {
            searches++;
            if (fails) {
              throw Dependency.LOGS.unavailable("refused", null);
            }
            return List.of(new LogLine(to, "create-run", runId + " " + searches));
          },
          () -> now);

  private List<LogLine> search(RunId runId) {
    return cached.lines(runId, Instant.EPOCH, now, 10);
  }

  @Test
  void searchesOnceInAFewSeconds() {
    List<LogLine> lines = search(RUN);
    now = now.plus(CachedLogSource.MAX_AGE);
    assertEquals(lines, search(RUN));
    assertEquals(1, searches);
    now = now.plus(Duration.ofMillis(1));
    search(RUN);
    assertEquals(2, searches);
  }

  @Test
  void keepsFewResults() {
    search(RUN);
    for (int i = 0; i < CachedLogSource.MAX_RESULTS; i++) {
      search(RunId.of(UUID.randomUUID()));
    }
    search(RUN);
    assertEquals(CachedLogSource.MAX_RESULTS + 2, searches);
  }

  @Test
  void keepsNoFailure() {
    fails = true;
    assertThrows(DependencyUnavailable.class, () -> search(RUN));
    fails = false;
    search(RUN);
    assertEquals(2, searches);
  }
}
