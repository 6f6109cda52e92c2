package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.catalog.Catalog;
import arena.catalog.Catalog.Which;
import arena.catalog.CatalogUnavailable;
import arena.catalog.DynamoCatalog;
import arena.contract.FaultyDynamo.Fault;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.journal.JournalUnavailable;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.stream.Connections;
import arena.stream.ConnectionsUnavailable;
import arena.stream.DynamoConnections;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What the stores in DynamoDB do when a call goes wrong. */
@ExtendWith(DynamoStores.Shared.class)
class DynamoFaultsTest {
  private static final Failure FAILURE = new Failure("Abandoned", "it went silent");
  private static final int FOR_GOOD = 1_000;

  private DynamoStores.Tables tables;

  @BeforeEach
  void makeTables(DynamoStores stores) {
    tables = stores.tables();
  }

  @AfterEach
  void dropTables() {
    tables.close();
  }

  /** What a store is asked to do over a client of the faulty DynamoDB. */
  private interface Work {
    void over(DynamoDbClient client);
  }

  /** Does the work and returns how often the operation that goes wrong was called. */
  private int whenItGoesWrong(String operation, Fault fault, int times, int retries, Work work)
      throws IOException {
    try (var faulty = new FaultyDynamo(tables.dynamo().endpoint(), operation, fault, times);
        var client = tables.client(faulty.endpoint(), Duration.ofSeconds(10), retries)) {
      work.over(client);
      return faulty.calls();
    }
  }

  private Run begun() {
    Run run = Samples.run(Samples.NOON);
    tables.journal().begin(run, Samples.origin(run));
    return run;
  }

  private long events(Run run) {
    return tables.catalog().find(run.runId()).orElseThrow().nEvents();
  }

  @Test
  void anAppendThatMeetsAnotherTransactionIsTriedAgain() throws Exception {
    Run run = begun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    int calls =
        whenItGoesWrong(
            "TransactWriteItems",
            Fault.CONFLICT,
            2,
            0,
            client -> tables.journal(client).append(entry));
    assertEquals(3, calls);
    assertEquals(entry.events(), tables.journal().events(run.runId(), 1, 10));
  }

  @Test
  void anAppendThatMeetsOthersForGoodGivesUp() throws Exception {
    Run run = begun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    int calls =
        whenItGoesWrong(
            "TransactWriteItems",
            Fault.CONFLICT,
            FOR_GOOD,
            0,
            client -> {
              Journal journal = tables.journal(client);
              assertThrows(JournalUnavailable.class, () -> journal.append(entry));
            });
    assertEquals(8, calls);
    assertEquals(0, events(run));
  }

  @Test
  void anAppendWhoseAnswerIsLostIsNotRefusedForItsOwnSake() throws Exception {
    Run run = begun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    int calls =
        whenItGoesWrong(
            "TransactWriteItems",
            Fault.ANSWER_LOST,
            1,
            2,
            client -> {
              tables.journal(client).append(entry);
              assertThrows(EntryExists.class, () -> tables.journal(client).append(entry));
            });
    assertEquals(3, calls);
    assertEquals(3, events(run));
  }

  @Test
  void anAppendWhoseFateIsUnknownSaysSo() throws Exception {
    Run run = begun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    whenItGoesWrong(
        "TransactWriteItems",
        Fault.ANSWER_LOST,
        1,
        0,
        client -> {
          Journal journal = tables.journal(client);
          assertThrows(JournalUnavailable.class, () -> journal.append(entry));
          assertThrows(EntryExists.class, () -> journal.append(entry), "it was written");
        });
    assertEquals(3, events(run));
  }

  @Test
  void theCallThatFailedARunKnowsSoThoughItsAnswerWasLost() throws Exception {
    Run run = begun();
    whenItGoesWrong(
        "TransactWriteItems",
        Fault.ANSWER_LOST,
        1,
        2,
        client -> assertTrue(catalog(client).fail(run.runId(), FAILURE, Samples.NOON)));
    assertEquals(RunStatus.FAILED, tables.catalog().find(run.runId()).orElseThrow().status());
  }

  @Test
  void aListIsWholeThoughABatchWasNot() throws Exception {
    List<Run> runs = List.of(begun(), begun());
    int calls =
        whenItGoesWrong(
            "BatchGetItem",
            Fault.UNPROCESSED,
            2,
            0,
            client ->
                assertEquals(
                    Set.copyOf(runs),
                    new HashSet<>(catalog(client).list(Which.ALL, 10, Optional.empty()).runs())));
    assertEquals(3, calls);
  }

  @Test
  void aListThatNeverComesGivesUp() throws Exception {
    begun();
    int calls =
        whenItGoesWrong(
            "BatchGetItem",
            Fault.UNPROCESSED,
            FOR_GOOD,
            0,
            client -> {
              Catalog catalog = catalog(client);
              assertThrows(CatalogUnavailable.class, () -> catalog.held(10));
            });
    assertEquals(8, calls);
  }

  @Test
  void aConnectionsSubscriptionsAllGoThoughABatchDidNot() throws Exception {
    Connections connections = tables.connections(InstantSource.system());
    connections.connected("a", Instant.now());
    String runId = RunId.random();
    assertTrue(connections.subscribed("a", runId));
    whenItGoesWrong(
        "BatchWriteItem",
        Fault.UNPROCESSED,
        2,
        0,
        client -> assertEquals(List.of(runId), connections(client).disconnected("a")));
    assertEquals(List.of(), connections.disconnected("a"));
  }

  @Test
  void whatIsWorthARetryIsToldApart() throws Exception {
    Run run = begun();
    Run ended = ended();
    for (Fault fault : List.of(Fault.THROTTLED, Fault.INTERNAL_ERROR, Fault.ANSWER_LOST)) {
      whenItGoesWrong(
          "Query",
          fault,
          FOR_GOOD,
          0,
          client -> {
            Journal journal = tables.journal(client);
            assertThrows(JournalUnavailable.class, () -> journal.entries(run.runId(), 0, 10));
            Catalog catalog = catalog(client);
            assertThrows(CatalogUnavailable.class, catalog::countRunning);
            Connections connections = connections(client);
            assertThrows(
                ConnectionsUnavailable.class, () -> connections.disconnected("never-there"));
          });
      whenItGoesWrong(
          "TransactWriteItems",
          fault,
          1,
          0,
          client -> {
            Catalog catalog = catalog(client);
            assertThrows(CatalogUnavailable.class, () -> catalog.released(ended.runId()));
          });
    }
  }

  @Test
  void aRunWhoseReleaseWasNotAnsweredCountsOnce() throws Exception {
    Run run = ended();
    whenItGoesWrong(
        "TransactWriteItems",
        Fault.ANSWER_LOST,
        1,
        0,
        client -> {
          Catalog catalog = catalog(client);
          assertThrows(CatalogUnavailable.class, () -> catalog.released(run.runId()));
          assertEquals(run.nEvents(), catalog.countEvents());
          catalog.released(run.runId());
          assertEquals(run.nEvents(), catalog.countEvents());
        });
  }

  private Run ended() {
    Run run = begun();
    catalog(tables.client()).fail(run.runId(), FAILURE, Samples.NOON);
    return run;
  }

  private Catalog catalog(DynamoDbClient client) {
    return new DynamoCatalog(client, tables.catalogTable());
  }

  private Connections connections(DynamoDbClient client) {
    return new DynamoConnections(client, tables.connectionsTable(), InstantSource.system());
  }
}
