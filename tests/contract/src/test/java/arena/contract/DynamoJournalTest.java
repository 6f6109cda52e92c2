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
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
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

  private Journal journalAt(Instant now) {
    return tables.journal(tables.client(), InstantSource.fixed(now));
  }

  private int entriesAt(Run run, Instant now) {
    tables.expire(now);
    return journal().entries(run.runId(), 0, 10).size();
  }

  @Test
  void deletesEntriesAfterTheirRetention() {
    Run run = Samples.run(Samples.NOON);
    journalAt(NOW).create(run, Samples.origin(run));
    journalAt(NOW.plusSeconds(100)).append(Samples.before(run.runId(), 1, 0));

    assertEquals(2, entriesAt(run, NOW.plus(Journal.RETENTION)));
    assertEquals(1, entriesAt(run, NOW.plus(Journal.RETENTION).plusSeconds(1)));
    assertEquals(0, entriesAt(run, NOW.plus(Journal.RETENTION).plusSeconds(101)));
    assertEquals(List.of(), journal().events(run.runId(), 1, 10));
    journalAt(NOW.plus(Journal.RETENTION)).postponeExpiry(run.runId());
    assertEquals(List.of(), journal().entries(run.runId(), 0, 10), "still deleted");
  }

  @Test
  void postponesExpiryOfAllEntriesWhenLittleTimeRemains() {
    Run run = Samples.run(Samples.NOON);
    Run other = Samples.run(Samples.NOON);
    journalAt(NOW).create(run, Samples.origin(run));
    journalAt(NOW).create(other, Samples.origin(other));
    journalAt(NOW).append(Samples.before(run.runId(), 1, 0));

    Instant early = NOW.plus(Journal.RETENTION).minus(Journal.MIN_REMAINING);
    journalAt(early).postponeExpiry(run.runId()); // changes nothing
    assertEquals(NOW.plus(Journal.RETENTION), earliestExpiry(run));
    Instant due = early.plusSeconds(1);
    journalAt(due).postponeExpiry(run.runId());
    assertEquals(due.plus(Journal.RETENTION), earliestExpiry(run));

    assertEquals(2, entriesAt(run, due.plus(Journal.RETENTION)));
    assertEquals(0, entriesAt(other, due.plus(Journal.RETENTION)), "of this run only");
    assertEquals(0, entriesAt(run, due.plus(Journal.RETENTION).plusSeconds(1)));
  }

  @Test
  void postponesTheRestAfterAnInterruption() {
    Run run = Samples.run(Samples.NOON);
    journalAt(NOW).create(run, Samples.origin(run));
    journalAt(NOW).append(Samples.before(run.runId(), 1, 0));
    Instant due = NOW.plus(Journal.MIN_REMAINING).plusSeconds(1);
    Journal interrupted = tables.journal(failingAfterOneUpdate(), InstantSource.fixed(due));
    assertThrows(DependencyUnavailable.class, () -> interrupted.postponeExpiry(run.runId()));
    assertEquals(NOW.plus(Journal.RETENTION), earliestExpiry(run));
    journalAt(due).postponeExpiry(run.runId());
    assertEquals(due.plus(Journal.RETENTION), earliestExpiry(run));
  }

  private Instant earliestExpiry(Run run) {
    return tables
        .client()
        .scan(scan -> scan.tableName(tables.journalTable()).consistentRead(true))
        .items()
        .stream()
        .filter(item -> item.get("run_id").s().equals(run.runId().value()))
        .map(item -> Instant.ofEpochSecond(Long.parseLong(item.get("expires_at").n())))
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  /** A client whose updates fail, except the first. */
  private DynamoDbClient failingAfterOneUpdate() {
    AtomicInteger updates = new AtomicInteger();
    return (DynamoDbClient)
        Proxy.newProxyInstance(
            DynamoDbClient.class.getClassLoader(),
            new Class<?>[] {DynamoDbClient.class},
            (_, method, arguments) -> {
              if (method.getName().equals("updateItem") && updates.incrementAndGet() > 1) {
                throw SdkClientException.create("no answer");
              }
              return method.invoke(tables.client(), arguments);
            });
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
