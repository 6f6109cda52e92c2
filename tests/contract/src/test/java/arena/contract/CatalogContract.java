package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.catalog.Catalog;
import arena.catalog.Catalog.Deliveries;
import arena.catalog.Catalog.Filter;
import arena.catalog.Counters;
import arena.catalog.InvalidCursor;
import arena.catalog.RunPage;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import arena.world.Age;
import arena.world.Score;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link Catalog}; each implementation has a subclass, and each test an empty
 * catalog.
 */
abstract class CatalogContract {
  private static final Failure FAILURE = new Failure("ModelTimedOut", "no answer in 60 s");
  private static final String ADDRESS = "s3://bucket/runs/day=2026-01-31/a.parquet";
  private static final Instant LATER = Samples.NOON.plusSeconds(3_600);

  /** The catalog under test. */
  abstract Catalog catalog();

  /** The journal that creates the catalog's rows. */
  abstract Journal journal();

  private Run createRun(Instant createdAt) {
    return createRun(Samples.run(createdAt));
  }

  private Run createRun(Run run) {
    journal().create(run, Samples.origin(run));
    return run;
  }

  /** Creates {@code count} runs, one second apart. */
  private List<RunId> createRun(int count) {
    List<RunId> runIds = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runIds.add(createRun(Samples.NOON.plusSeconds(i)).runId());
    }
    return runIds;
  }

  private Run find(RunId runId) {
    return catalog().find(runId).orElseThrow();
  }

  private static List<RunId> ids(List<Run> runs) {
    return runs.stream().map(Run::runId).toList();
  }

  private RunPage first(Filter filter, int limit) {
    return catalog().list(filter, limit, Optional.empty());
  }

  /** Reads all pages and asserts that each one but the last is full. */
  private List<RunId> pages(Filter filter, int limit) {
    List<RunId> runIds = new ArrayList<>();
    RunPage page = first(filter, limit);
    for (int i = 0; i < 100 && page.next().isPresent(); i++) {
      assertEquals(limit, page.runs().size());
      runIds.addAll(ids(page.runs()));
      page = catalog().list(filter, limit, page.next());
    }
    assertEquals(Optional.empty(), page.next());
    runIds.addAll(ids(page.runs()));
    return runIds;
  }

  @Test
  void findsRunAsCreated() {
    Run run = createRun(Samples.NOON);
    assertEquals(Optional.of(run), catalog().find(run.runId()));
    assertEquals(Optional.empty(), catalog().find(RunId.of(UUID.randomUUID())));
  }

  @Test
  void keepsExactMutationValues() {
    Mutation mutation =
        new Mutation(
            Optional.of(Double.MIN_VALUE),
            Optional.of(1_000_000.0),
            Optional.of(0.1),
            Optional.of(0.0),
            Optional.of(1_000),
            Optional.of(0),
            Optional.of(Age.IMPERIAL));
    Run fork = createRun(Samples.fork(Samples.NOON, mutation));
    assertEquals(fork, find(fork.runId()));
    Run unchanged = createRun(Samples.fork(Samples.NOON, Mutation.NONE));
    assertEquals(unchanged, find(unchanged.runId()));
  }

  @Test
  void listsNewestFirstPageByPage() {
    List<RunId> newestFirst = createRun(6).reversed();
    for (int limit : List.of(1, 2, 3, 4, 6, 100)) {
      assertEquals(newestFirst, pages(Filter.ALL, limit), "limit " + limit);
    }
  }

  @Test
  void listsRunsWithEqualTimesOnce() {
    List<RunId> runIds = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      runIds.add(createRun(Samples.NOON).runId());
    }
    List<RunId> listed = new ArrayList<>(pages(Filter.ALL, 2));
    Collections.sort(runIds);
    Collections.sort(listed);
    assertEquals(runIds, listed);
  }

  @Test
  void paginatesStablyWhenARunIsCreatedBetweenPages() {
    List<RunId> newestFirst = createRun(4).reversed();
    RunPage page = first(Filter.ALL, 2);
    createRun(LATER);
    RunPage next = catalog().list(Filter.ALL, 2, page.next());
    assertEquals(newestFirst.subList(2, 4), ids(next.runs()));
    assertEquals(Optional.empty(), next.next());
  }

  @Test
  void listsNothingWhenEmpty() {
    assertEquals(new RunPage(List.of(), Optional.empty()), first(Filter.ALL, 10));
    assertEquals(new RunPage(List.of(), Optional.empty()), first(Filter.ARCHIVED, 10));
    assertEquals(List.of(), catalog().held(10));
    assertEquals(0, catalog().counters().runsOpen());
  }

  @Test
  void listsOnlyArchivedRuns() {
    List<RunId> runIds = createRun(5);
    for (int i : List.of(1, 3, 4)) {
      catalog().markArchived(runIds.get(i), ADDRESS, Samples.SUMMARY, LATER);
    }
    assertEquals(List.of(runIds.get(4), runIds.get(3), runIds.get(1)), pages(Filter.ARCHIVED, 2));
    assertEquals(runIds.reversed(), pages(Filter.ALL, 2));
    Run listed = first(Filter.ARCHIVED, 1).runs().getFirst();
    assertEquals(find(runIds.get(4)), listed);
    assertEquals(Optional.of(Samples.SUMMARY), listed.summary());
  }

  private static Filter filter(
      Optional<RunStatus> status, Optional<RunId> parent, Optional<String> text) {
    return new Filter(false, status, parent, text);
  }

  private static Filter ofStatus(RunStatus status) {
    return filter(Optional.of(status), Optional.empty(), Optional.empty());
  }

  @Test
  void listsRunsByStatus() {
    List<RunId> runIds = createRun(5);
    catalog().fail(runIds.get(0), FAILURE, LATER);
    for (int i : List.of(1, 3)) {
      catalog().markArchived(runIds.get(i), ADDRESS, Samples.SUMMARY, LATER);
    }
    assertEquals(List.of(runIds.get(4), runIds.get(2)), pages(ofStatus(RunStatus.RUNNING), 1));
    assertEquals(List.of(runIds.get(3), runIds.get(1)), pages(ofStatus(RunStatus.COMPLETE), 1));
    assertEquals(List.of(runIds.get(0)), pages(ofStatus(RunStatus.FAILED), 10));
    Filter both =
        new Filter(true, Optional.of(RunStatus.COMPLETE), Optional.empty(), Optional.empty());
    assertEquals(List.of(runIds.get(3), runIds.get(1)), pages(both, 10));
  }

  @Test
  void listsForksByParentNewestFirst() {
    Run parent = createRun(Samples.NOON);
    List<RunId> children = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      createRun(Samples.fork(Samples.NOON.plusSeconds(i), Mutation.NONE));
      children.add(createRun(Samples.forkOf(parent, Samples.NOON.plusSeconds(i))).runId());
    }
    Filter ofParent = filter(Optional.empty(), Optional.of(parent.runId()), Optional.empty());
    for (int limit : List.of(1, 2, 4, 100)) {
      assertEquals(children.reversed(), pages(ofParent, limit), "limit " + limit);
    }
    catalog().fail(children.get(2), FAILURE, LATER);
    assertEquals(
        List.of(children.get(2)),
        pages(
            filter(Optional.of(RunStatus.FAILED), Optional.of(parent.runId()), Optional.empty()),
            10));
    assertEquals(
        List.of(),
        pages(filter(Optional.empty(), Optional.of(children.get(0)), Optional.empty()), 10));
  }

  @Test
  void findsRunsByAPartOfTheirLabel() {
    List<RunId> named = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String label = i % 10 == 3 ? "The ÄGEAN night" : "a run";
      named.add(createRun(Samples.labelled(label, Samples.NOON.plusSeconds(i))).runId());
    }
    Filter text = filter(Optional.empty(), Optional.empty(), Optional.of("ägean N"));
    List<RunId> found = List.of(named.get(23), named.get(13), named.get(3));
    for (int limit : List.of(1, 2, 100)) {
      assertEquals(found, pages(text, limit), "limit " + limit);
    }
    catalog().fail(named.get(13), FAILURE, LATER);
    assertEquals(
        List.of(named.get(13)),
        pages(filter(Optional.of(RunStatus.FAILED), Optional.empty(), Optional.of("night")), 10));
    assertEquals(
        List.of(), pages(filter(Optional.empty(), Optional.empty(), Optional.of("(.*)")), 10));
  }

  @Test
  void listsMoreThanOneHundredRuns() {
    List<RunId> runIds = createRun(104);
    assertEquals(runIds.reversed(), pages(Filter.ALL, 100));
    assertEquals(runIds, ids(catalog().held(10_000)));
    assertEquals(runIds.subList(0, 102), ids(catalog().held(102)));
    assertEquals(104, catalog().counters().runsOpen());
  }

  @Test
  void rejectsInvalidCursors() {
    createRun(3);
    String valid = first(Filter.ALL, 1).next().orElseThrow();
    for (String invalid :
        List.of(
            "",
            "x",
            "null",
            valid + "=",
            valid + "A",
            valid.substring(1),
            valid.substring(0, valid.length() - 1),
            valid.replace(valid.charAt(5), valid.charAt(5) == 'A' ? 'B' : 'A'),
            "ä" + valid,
            "../../" + valid,
            "A".repeat(100_000))) {
      assertThrows(
          InvalidCursor.class,
          () -> catalog().list(Filter.ALL, 1, Optional.of(invalid)),
          () -> "cursor " + invalid);
    }
    assertThrows(InvalidCursor.class, () -> catalog().list(Filter.ARCHIVED, 1, Optional.of(valid)));
  }

  @Test
  void rejectsInvalidLimits() {
    for (int limit : List.of(-1, 0, 101)) {
      assertThrows(IllegalArgumentException.class, () -> first(Filter.ALL, limit));
    }
    for (int limit : List.of(-1, 0, 10_001)) {
      assertThrows(IllegalArgumentException.class, () -> catalog().held(limit));
    }
  }

  @Test
  void listsRunAsHeldUntilReleased() {
    List<RunId> runIds = createRun(4);
    catalog().fail(runIds.get(0), FAILURE, LATER);
    catalog().markArchived(runIds.get(1), ADDRESS, Samples.SUMMARY, LATER);
    assertEquals(runIds, ids(catalog().held(10)), "ended runs included, oldest first");
    assertEquals(runIds.subList(0, 3), ids(catalog().held(3)));

    catalog().markReleased(runIds.get(1));
    catalog().markReleased(runIds.get(1));
    assertEquals(List.of(runIds.get(0), runIds.get(2), runIds.get(3)), ids(catalog().held(10)));
    assertEquals(runIds.reversed(), pages(Filter.ALL, 10));
    assertEquals(List.of(runIds.get(1)), pages(Filter.ARCHIVED, 10));
  }

  @Test
  void recordsTheFirstTurnAtWhichARunDeparts() {
    Run run = createRun(Samples.NOON);
    assertEquals(Optional.empty(), catalog().find(run.runId()).orElseThrow().departsAt());
    catalog().markDeparted(run.runId(), 3);
    catalog().markDeparted(run.runId(), 7);
    catalog().fail(run.runId(), FAILURE, LATER);
    assertEquals(Optional.of(3), catalog().find(run.runId()).orElseThrow().departsAt());
    RunId unknown = RunId.of(UUID.randomUUID());
    assertThrows(UnknownRun.class, () -> catalog().markDeparted(unknown, 1));
    assertEquals(Optional.empty(), catalog().find(unknown));
  }

  @Test
  void releasesOnlyEndedRuns() {
    Run run = createRun(Samples.NOON);
    assertThrows(IllegalStateException.class, () -> catalog().markReleased(run.runId()));
    assertEquals(List.of(run), catalog().held(10));
    RunId unknown = RunId.of(UUID.randomUUID());
    assertThrows(UnknownRun.class, () -> catalog().markReleased(unknown));
    assertEquals(Optional.empty(), catalog().find(unknown));
  }

  @Test
  void releasesManyRunsAllOrNone() {
    List<RunId> runIds = createRun(Catalog.MAX_RELEASED);
    runIds.subList(1, runIds.size()).forEach(runId -> catalog().fail(runId, FAILURE, LATER));
    assertThrows(IllegalStateException.class, () -> catalog().markReleased(runIds));
    assertEquals(runIds, ids(catalog().held(100)), "one is running");
    catalog().fail(runIds.getFirst(), FAILURE, LATER);
    List<RunId> withUnknown = new ArrayList<>(runIds.subList(1, runIds.size()));
    withUnknown.add(RunId.of(UUID.randomUUID()));
    assertThrows(UnknownRun.class, () -> catalog().markReleased(withUnknown));
    assertEquals(runIds, ids(catalog().held(100)), "one is unknown");

    catalog().markReleased(runIds.subList(0, 5));
    catalog().markReleased(runIds);
    assertEquals(List.of(), catalog().held(100));
    assertThrows(IllegalArgumentException.class, () -> catalog().markReleased(createRun(26)));
  }

  @Test
  void countsEveryEventOnceInAnyRunState() {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      runs.add(createRun(Samples.NOON.plusSeconds(i)));
    }
    long all = runs.stream().mapToLong(Run::nEvents).sum();
    assertEquals(all, catalog().counters().eventsPublished());
    catalog().fail(runs.get(0).runId(), FAILURE, LATER);
    catalog().markArchived(runs.get(1).runId(), ADDRESS, Samples.SUMMARY, LATER);
    assertEquals(all, catalog().counters().eventsPublished());
    for (int i = 0; i < 2; i++) {
      catalog().markReleased(runs.get(0).runId());
      catalog().markReleased(runs.get(1).runId());
      assertEquals(all, catalog().counters().eventsPublished());
    }
  }

  @Test
  void countsRunOnceWhenReleasedConcurrently() throws Exception {
    Run run = createRun(Samples.NOON);
    catalog().markArchived(run.runId(), ADDRESS, Samples.SUMMARY, LATER);
    ConcurrentWorkers.run(4, caller -> catalog().markReleased(run.runId()));
    assertEquals(run.nEvents(), catalog().counters().eventsPublished());
    assertEquals(List.of(), catalog().held(10));
  }

  @Test
  void countsRunningRuns() {
    List<RunId> runIds = createRun(5);
    assertEquals(5, catalog().counters().runsOpen());
    catalog().fail(runIds.get(0), FAILURE, LATER);
    catalog().markArchived(runIds.get(1), ADDRESS, Samples.SUMMARY, LATER);
    assertEquals(3, catalog().counters().runsOpen());
    catalog().markReleased(runIds.get(0));
    catalog().markArchived(runIds.get(0), ADDRESS, Samples.SUMMARY, LATER);
    assertEquals(3, catalog().counters().runsOpen());
  }

  @Test
  void countsExactlyWhileManyWritersChangeRuns() throws Exception {
    int runs = 12;
    List<RunId> runIds = createRun(runs);
    long before = catalog().counters().eventsPublished();
    AtomicLong appended = new AtomicLong();
    ConcurrentWorkers.run(
        4,
        worker -> {
          for (int i = 0; i < runs; i++) {
            RunId runId = runIds.get((i + worker) % runs);
            JournalEntry entry = Samples.before(runId, find(runId).nEvents() + 1, 0);
            try {
              journal().append(entry);
              appended.addAndGet(entry.events().size());
            } catch (EntryExists | RunNotRunning | IllegalStateException _) {
              // another writer was first
            }
            if (i % 3 == 0) {
              catalog().fail(runId, FAILURE, LATER);
            }
            catalog().countDeliveries(runId, new Deliveries(worker + "-" + i, 2, 1));
          }
        });
    long running =
        runIds.stream().filter(runId -> find(runId).status() == RunStatus.RUNNING).count();
    assertEquals(
        new Counters(before + appended.get(), 8L * runs, 4L * runs, running), catalog().counters());
    assertEquals(
        before + appended.get(), runIds.stream().mapToLong(runId -> find(runId).nEvents()).sum());
  }

  @Test
  void countsDeliveriesOnceForEachId() {
    RunId runId = createRun(Samples.NOON).runId();
    Counters before = catalog().counters();
    assertEquals(0, before.eventsStreamed());
    assertEquals(0, before.streamsDropped());
    catalog().countDeliveries(runId, new Deliveries("1", 10, 0));
    catalog().countDeliveries(runId, new Deliveries("1", 10, 0));
    catalog().countDeliveries(runId, new Deliveries("2", 0, 3));
    assertEquals(
        new Counters(before.eventsPublished(), 10, 3, before.runsOpen()), catalog().counters());
  }

  @Test
  void failsRunOnce() {
    Run run = createRun(Samples.NOON);
    assertTrue(catalog().fail(run.runId(), FAILURE, LATER));
    Run failed = find(run.runId());
    assertEquals(RunStatus.FAILED, failed.status());
    assertEquals(Optional.of(FAILURE), failed.failure());
    assertEquals(Optional.of(LATER), failed.endedAt());
    assertFalse(failed.archived());

    assertFalse(catalog().fail(run.runId(), FAILURE, LATER));
    assertFalse(catalog().fail(run.runId(), new Failure("Other", "later"), LATER.plusSeconds(1)));
    assertEquals(failed, find(run.runId()));
  }

  @Test
  void doesNotFailUnknownRun() {
    RunId unknown = RunId.of(UUID.randomUUID());
    assertFalse(catalog().fail(unknown, FAILURE, LATER));
    assertEquals(Optional.empty(), catalog().find(unknown));
  }

  @Test
  void abandonsOnlyRunWithoutProgress() {
    Run run = createRun(Samples.NOON);
    assertFalse(catalog().abandon(run.runId(), run.nEvents() + 1, FAILURE, LATER));
    assertEquals(run, find(run.runId()));
    assertTrue(catalog().abandon(run.runId(), run.nEvents(), FAILURE, LATER));
    Run failed = find(run.runId());
    assertEquals(RunStatus.FAILED, failed.status());
    assertEquals(Optional.of(FAILURE), failed.failure());
    assertEquals(Optional.of(LATER), failed.endedAt());
    assertFalse(catalog().abandon(run.runId(), run.nEvents(), FAILURE, LATER.plusSeconds(1)));
    assertEquals(failed, find(run.runId()));
    assertFalse(catalog().abandon(RunId.of(UUID.randomUUID()), 0, FAILURE, LATER));
  }

  @Test
  void completesArchivedRun() {
    Run run = createRun(Samples.NOON);
    assertTrue(catalog().markArchived(run.runId(), ADDRESS, Samples.SUMMARY, LATER));
    Run complete = find(run.runId());
    assertEquals(RunStatus.COMPLETE, complete.status());
    assertEquals(ADDRESS, complete.dbPath());
    assertEquals(Optional.of(Samples.SUMMARY), complete.summary());
    assertEquals(Optional.of(LATER), complete.endedAt());
    assertEquals(Optional.empty(), complete.failure());

    Run.Summary other = new Run.Summary(0, 0, "Dark Age", new Score(0, 0, 0));
    assertFalse(catalog().markArchived(run.runId(), ADDRESS, Samples.SUMMARY, LATER));
    assertFalse(catalog().markArchived(run.runId(), ADDRESS + "2", other, LATER.plusSeconds(1)));
    assertFalse(catalog().fail(run.runId(), FAILURE, LATER.plusSeconds(2)));
    assertEquals(complete, find(run.runId()));
  }

  @Test
  void keepsFailedStatusWhenArchived() {
    Run run = createRun(Samples.NOON);
    catalog().fail(run.runId(), FAILURE, LATER);
    assertTrue(catalog().markArchived(run.runId(), ADDRESS, Samples.SUMMARY, LATER.plusSeconds(1)));
    Run archived = find(run.runId());
    assertEquals(RunStatus.FAILED, archived.status());
    assertEquals(ADDRESS, archived.dbPath());
    assertEquals(Optional.of(FAILURE), archived.failure());
    assertEquals(Optional.of(LATER), archived.endedAt());
    assertEquals(Optional.of(Samples.SUMMARY), archived.summary());

    assertFalse(
        catalog().markArchived(run.runId(), ADDRESS + "2", Samples.SUMMARY, LATER.plusSeconds(2)));
    assertEquals(archived, find(run.runId()));
  }

  @Test
  void doesNotArchiveUnknownRun() {
    RunId unknown = RunId.of(UUID.randomUUID());
    assertThrows(
        UnknownRun.class, () -> catalog().markArchived(unknown, ADDRESS, Samples.SUMMARY, LATER));
    assertEquals(Optional.empty(), catalog().find(unknown));
    Run run = createRun(Samples.NOON);
    assertThrows(
        IllegalArgumentException.class,
        () -> catalog().markArchived(run.runId(), "", Samples.SUMMARY, LATER));
    assertEquals(run, find(run.runId()));
  }

  @Test
  void failsRunOnceConcurrently() throws Exception {
    for (int round = 0; round < 5; round++) {
      Run run = createRun(Samples.NOON);
      List<Integer> winners = Collections.synchronizedList(new ArrayList<>());
      ConcurrentWorkers.run(
          4,
          caller -> {
            Failure failure = new Failure("Caller" + caller, "it went silent");
            if (catalog().fail(run.runId(), failure, LATER)) {
              winners.add(caller);
            }
          });
      assertEquals(1, winners.size());
      assertEquals(
          Optional.of("Caller" + winners.getFirst()),
          find(run.runId()).failure().map(Failure::code));
    }
  }

  @Test
  void endsRunOnceWhenFailedAndArchivedConcurrently() throws Exception {
    for (int round = 0; round < 5; round++) {
      Run run = createRun(Samples.NOON);
      List<Boolean> failed = Collections.synchronizedList(new ArrayList<>());
      ConcurrentWorkers.run(
          2,
          caller -> {
            if (caller == 0) {
              failed.add(catalog().fail(run.runId(), FAILURE, LATER));
            } else {
              catalog().markArchived(run.runId(), ADDRESS, Samples.SUMMARY, LATER);
            }
          });
      Run ended = find(run.runId());
      assertEquals(ADDRESS, ended.dbPath());
      assertEquals(failed.getFirst() ? RunStatus.FAILED : RunStatus.COMPLETE, ended.status());
      assertEquals(failed.getFirst(), ended.failure().isPresent());
    }
  }
}
