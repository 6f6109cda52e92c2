package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.catalog.Catalog;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.event.Payload;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Run;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

@ExtendWith(DynamoStores.Shared.class)
class DynamoJournalTest extends JournalContract {
  /** In the future, so that only the test's own sweep expires items. */
  private static final Instant NOW = Instant.parse("2126-01-31T12:00:00Z");

  private DynamoStores.Tables tables;

  @BeforeEach
  void makeTables(DynamoStores stores) {
    tables = stores.tables();
  }

  @AfterEach
  void dropTables() {
    tables.close();
  }

  @Override
  Catalog catalog() {
    return tables.catalog();
  }

  @Override
  Journal journal() {
    return tables.journal();
  }

  private Run createRun() {
    Run run = Samples.run(Samples.NOON);
    journal().create(run, Samples.origin(run));
    return run;
  }

  @Test
  void deletesExpiredEntries() {
    Run run = createRun();
    Run other = createRun();
    journal().append(Samples.before(run.runId(), 1, 0));
    journal().expire(run.runId(), NOW);
    journal().expire(run.runId(), NOW.plusSeconds(100)); // changes nothing

    tables.dynamo().expire(NOW);
    assertEquals(2, journal().entries(run.runId(), 0, 10).size());
    tables.dynamo().expire(NOW.plusSeconds(1));
    assertEquals(List.of(), journal().entries(run.runId(), 0, 10));
    assertEquals(List.of(), journal().events(run.runId(), 1, 10));
    journal().expire(run.runId(), NOW);
    assertEquals(List.of(), journal().entries(run.runId(), 0, 10), "still deleted");
    assertEquals(1, journal().entries(other.runId(), 0, 10).size());
  }

  @Test
  void rejectsReadingAcrossAMissingEntry() {
    Run run = createRun();
    journal().append(Samples.before(run.runId(), 1, 0));
    journal().append(Samples.after(run.runId(), 4, 0, 1));
    tables
        .client()
        .deleteItem(
            delete ->
                delete
                    .tableName(tables.journalTable())
                    .key(
                        Map.of(
                            "run_id", AttributeValue.fromS(run.runId().value()),
                            "position", AttributeValue.fromN("1"))));
    assertThrows(IllegalStateException.class, () -> journal().events(run.runId(), 1, 10));
    assertThrows(IllegalStateException.class, () -> journal().events(run.runId(), 3, 10));
    assertEquals(3, journal().events(run.runId(), 4, 10).size());
  }

  @Test
  void splitsEntriesOfAnyShapeIntoItems() {
    Run run = createRun();
    var random = new Random(42);
    List<JournalEntry> written = new ArrayList<>();
    long seq = 1;
    for (int t = 0; t < 12; t++) {
      Payload[] payloads = new Payload[1 + random.nextInt(100)];
      int longest = 400_000 / payloads.length; // in characters: around and beyond the item limit
      String letter = List.of("x", "é", "→", "𝄞").get(t % 4);
      for (int i = 0; i < payloads.length; i++) {
        payloads[i] = new Payload.LlmPrompt(letter.repeat(random.nextInt(longest)));
      }
      JournalEntry entry = Samples.entry(run.runId(), seq, t, Optional.empty(), payloads);
      journal().append(entry);
      written.add(entry);
      seq = entry.nextSeq();
    }
    assertEquals(written, journal().entries(run.runId(), 1, 100));
  }

  @Test
  void rejectsEntryThatExceedsTheItemLimit() {
    Run run = createRun();
    Payload[] payloads =
        Collections.nCopies(3_000, new Payload.LlmPrompt("x")).toArray(new Payload[0]);
    JournalEntry entry = Samples.entry(run.runId(), 1, 0, Optional.empty(), payloads);
    assertThrows(IllegalArgumentException.class, () -> journal().append(entry));
    assertEquals(List.of(), journal().events(run.runId(), 1, 10));
  }

  @Test
  void reportsUnreachableDynamoDb() {
    try (var closedPort =
        tables.client(URI.create("http://127.0.0.1:9"), Duration.ofSeconds(1), 0)) {
      Run run = Samples.run(Samples.NOON);
      Journal unreachable = tables.journal(closedPort);
      assertEquals(
          Dependency.JOURNAL,
          assertThrows(
                  DependencyUnavailable.class, () -> unreachable.create(run, Samples.origin(run)))
              .dependency());
      assertEquals(
          Dependency.JOURNAL,
          assertThrows(DependencyUnavailable.class, () -> unreachable.events(run.runId(), 1, 10))
              .dependency());
    }
  }
}
