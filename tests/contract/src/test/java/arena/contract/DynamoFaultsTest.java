package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.broker.ConnectionId;
import arena.catalog.Catalog;
import arena.catalog.Catalog.Deliveries;
import arena.catalog.Catalog.Filter;
import arena.catalog.Counters;
import arena.catalog.DynamoCatalog;
import arena.contract.FaultyDynamo.Fault;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.stream.Connections;
import arena.stream.DynamoConnections;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** Behaviour of the DynamoDB stores when calls fail. */
@ExtendWith(DynamoStores.Shared.class)
class DynamoFaultsTest {
  private static final ConnectionId A = ConnectionId.of("a");
  private static final Failure FAILURE = new Failure("Abandoned", "it went silent");
  private static final int ALWAYS = 1_000;

  private DynamoStores.Tables tables;

  @BeforeEach
  void makeTables(DynamoStores stores) {
    tables = stores.tables();
  }

  @AfterEach
  void dropTables() {
    tables.close();
  }

  /** Work on a store through a client of the faulty DynamoDB. */
  private interface Work {
    void with(DynamoDbClient client);
  }

  /**
   * Runs {@code work} with a fault in {@code operation} and returns how often the operation was
   * called.
   */
  private int callsWithFault(String operation, Fault fault, int times, int retries, Work work)
      throws IOException {
    try (var faulty = new FaultyDynamo(tables.endpoint(), operation, fault, times);
        var client = tables.client(faulty.endpoint(), Duration.ofSeconds(10), retries)) {
      work.with(client);
      return faulty.calls();
    }
  }

  private Run createRun() {
    Run run = Samples.run(Samples.NOON);
    tables.journal().create(run, Samples.origin(run));
    return run;
  }

  private long events(Run run) {
    return tables.catalog().find(run.runId()).orElseThrow().nEvents();
  }

  @Test
  void retriesAppendOnTransactionConflict() throws Exception {
    Run run = createRun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    int calls =
        callsWithFault(
            "TransactWriteItems",
            Fault.TRANSACTION_CONFLICT,
            2,
            0,
            client -> tables.journal(client).append(entry));
    assertEquals(3, calls);
    assertEquals(entry.events(), tables.journal().events(run.runId(), 1, 10));
  }

  @Test
  void failsAppendAfterRepeatedConflicts() throws Exception {
    Run run = createRun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    int calls =
        callsWithFault(
            "TransactWriteItems",
            Fault.TRANSACTION_CONFLICT,
            ALWAYS,
            0,
            client -> {
              Journal journal = tables.journal(client);
              assertEquals(
                  Dependency.JOURNAL,
                  assertThrows(DependencyUnavailable.class, () -> journal.append(entry))
                      .dependency());
            });
    assertEquals(8, calls);
    assertEquals(0, events(run));
  }

  @Test
  void acceptsRetriedAppendWithLostResponse() throws Exception {
    Run run = createRun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    int calls =
        callsWithFault(
            "TransactWriteItems",
            Fault.RESPONSE_LOST,
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
  void reportsAppendWithUnknownOutcome() throws Exception {
    Run run = createRun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    callsWithFault(
        "TransactWriteItems",
        Fault.RESPONSE_LOST,
        1,
        0,
        client -> {
          Journal journal = tables.journal(client);
          assertEquals(
              Dependency.JOURNAL,
              assertThrows(DependencyUnavailable.class, () -> journal.append(entry)).dependency());
          assertThrows(EntryExists.class, () -> journal.append(entry), "the entry was written");
        });
    assertEquals(3, events(run));
  }

  @Test
  void reportsSuccessfulFailWithLostResponse() throws Exception {
    Run run = createRun();
    callsWithFault(
        "TransactWriteItems",
        Fault.RESPONSE_LOST,
        1,
        2,
        client -> assertTrue(catalog(client).fail(run.runId(), FAILURE, Samples.NOON)));
    assertEquals(RunStatus.FAILED, tables.catalog().find(run.runId()).orElseThrow().status());
  }

  @Test
  void listsAllRunsWithUnprocessedKeys() throws Exception {
    List<Run> runs = List.of(createRun(), createRun());
    int calls =
        callsWithFault(
            "BatchGetItem",
            Fault.UNPROCESSED,
            2,
            0,
            client ->
                assertEquals(
                    Set.copyOf(runs),
                    new HashSet<>(catalog(client).list(Filter.ALL, 10, Optional.empty()).runs())));
    assertEquals(3, calls);
  }

  @Test
  void failsListAfterRepeatedUnprocessedKeys() throws Exception {
    createRun();
    int calls =
        callsWithFault(
            "BatchGetItem",
            Fault.UNPROCESSED,
            ALWAYS,
            0,
            client -> {
              Catalog catalog = catalog(client);
              assertEquals(
                  Dependency.CATALOG,
                  assertThrows(DependencyUnavailable.class, () -> catalog.held(10)).dependency());
            });
    assertEquals(8, calls);
  }

  @Test
  void deletesAllSubscriptionsWithUnprocessedItems() throws Exception {
    Connections connections = tables.connections(InstantSource.system());
    connections.connect(A, Principal.LOCAL, Instant.now());
    RunId runId = RunId.of(UUID.randomUUID());
    assertTrue(connections.subscribe(runId, A));
    callsWithFault(
        "BatchWriteItem",
        Fault.UNPROCESSED,
        2,
        0,
        client -> assertEquals(List.of(runId), connections(client).disconnect(A)));
    assertEquals(List.of(), connections.disconnect(A));
  }

  @Test
  void reportsRetryableFaultsAsUnavailable() throws Exception {
    Run run = createRun();
    Run ended = ended();
    for (Fault fault : List.of(Fault.THROTTLED, Fault.INTERNAL_ERROR, Fault.RESPONSE_LOST)) {
      callsWithFault(
          "Query",
          fault,
          ALWAYS,
          0,
          client -> {
            Journal journal = tables.journal(client);
            assertEquals(
                Dependency.JOURNAL,
                assertThrows(DependencyUnavailable.class, () -> journal.entries(run.runId(), 0, 10))
                    .dependency());
            Catalog catalog = catalog(client);
            assertEquals(
                Dependency.CATALOG,
                assertThrows(DependencyUnavailable.class, () -> catalog.held(10)).dependency());
            Connections connections = connections(client);
            assertEquals(
                Dependency.CONNECTIONS,
                assertThrows(
                        DependencyUnavailable.class,
                        () -> connections.disconnect(ConnectionId.of("unknown")))
                    .dependency());
          });
      callsWithFault(
          "TransactWriteItems",
          fault,
          1,
          0,
          client -> {
            Catalog catalog = catalog(client);
            assertEquals(
                Dependency.CATALOG,
                assertThrows(DependencyUnavailable.class, () -> catalog.markReleased(ended.runId()))
                    .dependency());
          });
    }
  }

  @Test
  void countsOnceWhenWritesConflictOrLoseTheirResponse() throws Exception {
    for (Fault fault : List.of(Fault.TRANSACTION_CONFLICT, Fault.RESPONSE_LOST)) {
      Counters before = tables.catalog().counters();
      Run run = Samples.fork(Samples.NOON, Mutation.NONE);
      JournalEntry origin = Samples.origin(run);
      JournalEntry entry = Samples.before(run.runId(), origin.nextSeq(), 0);
      long events = origin.nextSeq() - 1 + entry.events().size();
      List<Work> writes =
          List.of(
              client -> tables.journal(client).create(run, origin),
              client -> tables.journal(client).append(entry),
              client ->
                  catalog(client).countDeliveries(run.runId(), new Deliveries(fault + "-1", 4, 2)),
              client -> catalog(client).fail(run.runId(), FAILURE, Samples.NOON),
              client -> catalog(client).markReleased(run.runId()));
      for (Work write : writes) {
        callsWithFault("TransactWriteItems", fault, 1, 2, write);
      }
      assertEquals(
          new Counters(
              before.eventsPublished() + events,
              before.eventsStreamed() + 4,
              before.streamsDropped() + 2,
              before.runsOpen()),
          tables.catalog().counters(),
          fault.toString());
    }
  }

  @Test
  void countsRepeatedWritesWithUnknownOutcomeOnce() throws Exception {
    Run run = createRun();
    Deliveries deliveries = new Deliveries(UUID.randomUUID().toString(), 7, 0);
    Work count = client -> catalog(client).countDeliveries(run.runId(), deliveries);
    assertThrows(
        DependencyUnavailable.class,
        () -> callsWithFault("TransactWriteItems", Fault.RESPONSE_LOST, 1, 0, count));
    count.with(tables.client());
    assertEquals(new Counters(0, 7, 0, 1), tables.catalog().counters());

    Work archive =
        client ->
            catalog(client)
                .markArchived(run.runId(), "s3://bucket/run", Samples.SUMMARY, Samples.NOON);
    assertThrows(
        DependencyUnavailable.class,
        () -> callsWithFault("TransactWriteItems", Fault.RESPONSE_LOST, 1, 0, archive));
    archive.with(tables.client());
    assertEquals(new Counters(0, 7, 0, 0), tables.catalog().counters());
  }

  private Run ended() {
    Run run = createRun();
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
