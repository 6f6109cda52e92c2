package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.catalog.Catalog;
import arena.catalog.ReaperSummaries;
import arena.catalog.ReaperSummary;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DynamoStores.Shared.class)
class ReaperSummariesTest {
  private static final Instant AT = Instant.parse("2026-01-31T12:00:00.123Z");

  private DynamoStores.Tables tables;
  private ReaperSummaries summaries;

  @BeforeEach
  void makeTables(DynamoStores stores) {
    tables = stores.tables();
    summaries = new ReaperSummaries(tables.client(), tables.catalogTable());
  }

  @AfterEach
  void dropTables() {
    tables.close();
  }

  private static ReaperSummary summary(int ended) {
    List<ReaperSummary.EndedRun> runs = new ArrayList<>();
    for (int i = 0; i < ended; i++) {
      runs.add(new ReaperSummary.EndedRun(RunId.of(UUID.randomUUID()), "no \"event\" \u00e9"));
    }
    return new ReaperSummary(
        AT, Map.of("abandoned", (long) ended, "freed", 1L), 3, Duration.ofMillis(1_234), runs);
  }

  @Test
  void findsNothingBeforeTheFirstRun() {
    assertEquals(Optional.empty(), summaries.find());
  }

  @Test
  void keepsTheLastSummary() {
    summaries.save(summary(0));
    ReaperSummary last = summary(2);
    summaries.save(last);
    assertEquals(Optional.of(last), summaries.find());
    assertEquals(0, tables.catalog().list(Catalog.Filter.ALL, 10, Optional.empty()).runs().size());
    assertEquals(0, tables.catalog().counters().runsOpen());
  }

  @Test
  void keepsABoundedNumberOfEndedRuns() {
    summaries.save(summary(ReaperSummary.MAX_ENDED + 1));
    assertEquals(ReaperSummary.MAX_ENDED, summaries.find().orElseThrow().ended().size());
  }
}
