package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.access.CallCounts;
import arena.access.DynamoCallCounts;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Counting the calls of each token. */
@ExtendWith(DynamoStores.Shared.class)
class DynamoCallCountsTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:20Z");

  private DynamoStores.Tables tables;

  @BeforeEach
  void makeTables(DynamoStores stores) {
    tables = stores.tables();
  }

  @AfterEach
  void dropTables() {
    tables.close();
  }

  private CallCounts counts() {
    return new DynamoCallCounts(tables.client(), tables.idempotencyTable());
  }

  @Test
  void countsWithinAMinute() {
    CallCounts counts = counts();
    assertEquals(1, counts.add("abcdefgh", "POST /runs", NOW));
    assertEquals(2, counts.add("abcdefgh", "POST /runs", NOW.plusSeconds(39)));
    assertEquals(1, counts.add("abcdefgh", "POST /runs", NOW.plusSeconds(40)));
    assertEquals(1, counts.add("ijklmnop", "POST /runs", NOW));
    assertEquals(1, counts.add("abcdefgh", "POST /forks", NOW));
  }

  @Test
  void countsConcurrentCallsOnce() {
    CallCounts counts = counts();
    Set<Long> seen = ConcurrentHashMap.newKeySet();
    IntStream.range(0, 20)
        .parallel()
        .forEach(_ -> seen.add(counts.add("abcdefgh", "POST /runs", NOW)));
    assertEquals(20, seen.size());
    assertEquals(21, counts.add("abcdefgh", "POST /runs", NOW));
  }
}
