package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.event.Event;
import arena.metrics.Metrics;
import arena.run.Run;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.crac.Core;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A rehearsal runs a handler over separate stores, and never fails. */
final class RehearsalTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "ARENA_CATALOG_TABLE", "catalog",
          "ARENA_JOURNAL_TABLE", "journal",
          "ARENA_BUCKET", "bucket",
          "REDIS_HOST", "redis.invalid",
          "REDIS_PASSWORD", "secret");

  @BeforeAll
  static void setRegion() {
    System.setProperty("aws.region", "us-east-1");
  }

  private static void rehearse(Rehearsal.Scene scene, Consumer<Stores> work) {
    RequestStreamHandler[] made = new RequestStreamHandler[1];
    Rehearsal.beforeSnapshot(
            ENVIRONMENT,
            environment -> {
              Stores stores = new Stores(new Settings(environment), Metrics.NONE);
              made[0] = (_, _, _) -> work.accept(stores);
              return made[0];
            },
            scene,
            () -> List.of("{}"))
        .beforeCheckpoint(Core.getGlobalContext());
  }

  @Test
  void aRunningRunIsInTheCatalogAndInTheJournal() {
    List<Object> seen = new ArrayList<>();
    rehearse(
        Rehearsal.Scene.RUNNING,
        stores -> {
          seen.add(stores.catalog().find(RehearsedRun.ID).orElseThrow().status().label());
          seen.add(stores.journal().entries(RehearsedRun.ID, 0, 4).size());
        });
    assertEquals(List.of("running", 1, "running", 1, "running", 1), seen);
  }

  @Test
  void anArchivedRunIsReadFromItsArchive() {
    List<Event> seen = new ArrayList<>();
    rehearse(
        Rehearsal.Scene.ARCHIVED,
        stores -> {
          Run run = stores.catalog().find(RehearsedRun.ID).orElseThrow();
          assertTrue(run.archived());
          seen.addAll(stores.archive().events(run, 1, 10));
        });
    assertEquals(12, seen.size());
  }

  @Test
  void theBrokerAnswers() {
    AtomicInteger seen = new AtomicInteger();
    rehearse(
        Rehearsal.Scene.EMPTY,
        stores -> {
          if (stores.subscribers().available()) {
            seen.incrementAndGet();
          }
        });
    assertEquals(3, seen.get());
  }

  @Test
  void aFailedEventDoesNotEndTheRehearsal() {
    AtomicInteger seen = new AtomicInteger();
    rehearse(
        Rehearsal.Scene.EMPTY,
        _ -> {
          seen.incrementAndGet();
          throw new IllegalStateException("of the test");
        });
    assertEquals(3, seen.get());
  }

  @Test
  void whatIsPrintedMeanwhileIsDiscarded() {
    PrintStream before = System.out;
    List<PrintStream> seen = new ArrayList<>();
    rehearse(Rehearsal.Scene.EMPTY, _ -> seen.add(System.out));
    assertSame(before, System.out);
    assertFalse(seen.contains(before));
  }
}
