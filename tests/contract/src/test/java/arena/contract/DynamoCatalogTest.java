package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.catalog.Catalog;
import arena.catalog.Catalog.Filter;
import arena.catalog.DynamoCatalog;
import arena.catalog.RunPage;
import arena.journal.Journal;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

@ExtendWith(DynamoStores.Shared.class)
class DynamoCatalogTest extends CatalogContract {
  private static final Filter RUNNING =
      new Filter(false, Optional.of(RunStatus.RUNNING), Optional.empty(), Optional.empty());

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

  /** The number of calls of DynamoDB that a read makes. */
  private int calls(Consumer<Catalog> read) {
    AtomicInteger calls = new AtomicInteger();
    DynamoDbClient counting =
        (DynamoDbClient)
            Proxy.newProxyInstance(
                DynamoDbClient.class.getClassLoader(),
                new Class<?>[] {DynamoDbClient.class},
                (_, method, arguments) -> {
                  calls.incrementAndGet();
                  return method.invoke(tables.client(), arguments);
                });
    read.accept(new DynamoCatalog(counting, tables.catalogTable()));
    return calls.get();
  }

  @Test
  void readsWithTheSameNumberOfCallsForAnyNumberOfRuns() {
    for (int runs : List.of(20, 250)) {
      RunId last = RunId.of(UUID.randomUUID());
      for (int i = 0; i < runs; i++) {
        Run run = Samples.run(Samples.NOON.plusSeconds(i));
        journal().create(run, Samples.origin(run));
        if (i % 2 == 0) {
          catalog().markArchived(run.runId(), "s3://bucket/run", Samples.SUMMARY, Samples.NOON);
        }
        last = run.runId();
      }
      RunId runId = last;
      assertEquals(2, calls(catalog -> catalog.list(Filter.ALL, 10, Optional.empty())));
      assertEquals(2, calls(catalog -> catalog.list(Filter.ARCHIVED, 10, Optional.empty())));
      assertEquals(2, calls(catalog -> catalog.list(RUNNING, 10, Optional.empty())));
      assertEquals(1, calls(catalog -> catalog.find(runId)));
      assertEquals(1, calls(Catalog::counters));
    }
  }

  @Test
  void readsABoundedNumberOfRunsForAPageOfASearch() {
    for (int i = 0; i < Limits.MAX_RUNS_SEARCHED + 50; i++) {
      String label = i == 0 ? "needle" : "hay";
      Run run = Samples.labelled(label, Samples.NOON.plusSeconds(i));
      journal().create(run, Samples.origin(run));
    }
    Filter search = new Filter(false, Optional.empty(), Optional.empty(), Optional.of("needle"));
    RunPage first = catalog().list(search, 10, Optional.empty());
    assertEquals(List.of(), first.runs());
    RunPage second = catalog().list(search, 10, first.next());
    assertEquals(1, second.runs().size());
    assertEquals(Optional.empty(), second.next());
  }

  @Test
  void readsHeldRunsWithOneCallForEachHundred() {
    for (int i = 0; i < 250; i++) {
      Run run = Samples.run(Samples.NOON.plusSeconds(i));
      journal().create(run, Samples.origin(run));
    }
    assertEquals(1 + 3, calls(catalog -> assertEquals(250, catalog.held(1_000).size())));
  }

  @Test
  void releasesRunsWithOneCall() {
    List<RunId> runIds = new ArrayList<>();
    for (int i = 0; i < Catalog.MAX_RELEASED; i++) {
      Run run = Samples.run(Samples.NOON);
      journal().create(run, Samples.origin(run));
      catalog().markArchived(run.runId(), "s3://bucket/run", Samples.SUMMARY, Samples.NOON);
      runIds.add(run.runId());
    }
    assertEquals(1, calls(catalog -> catalog.markReleased(runIds)));
  }
}
