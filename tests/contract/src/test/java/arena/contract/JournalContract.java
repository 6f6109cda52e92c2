package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.catalog.Catalog;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The contract of {@link Journal}; each implementation has a subclass. */
abstract class JournalContract {
  private static final Failure FAILURE = new Failure("Abandoned", "it went silent");

  /** The journal under test. */
  abstract Journal journal();

  /** The catalog whose rows the journal updates. */
  abstract Catalog catalog();

  private Run createRun() {
    Run run = Samples.run(Samples.NOON);
    journal().create(run, Samples.origin(run));
    return run;
  }

  private Run find(RunId runId) {
    return catalog().find(runId).orElseThrow();
  }

  private List<JournalEntry> entries(RunId runId) {
    return journal().entries(runId, 0, 1_000);
  }

  @Test
  void createsRowAndFirstEntry() {
    Run run = createRun();
    assertEquals(run, find(run.runId()));
    assertEquals(List.of(Samples.origin(run)), entries(run.runId()));
    assertEquals(List.of(), journal().events(run.runId(), 1, 10));
  }

  @Test
  void countsTheFirstEntrysEvents() {
    Run fork = Samples.fork(Samples.NOON, Mutation.NONE);
    JournalEntry origin = Samples.forkOrigin(fork);
    journal().create(fork, origin);

    Run row = find(fork.runId());
    assertEquals(2, row.nEvents());
    assertEquals(3, row.lastT());
    assertEquals(Optional.of(origin.events().getFirst().ts()), row.firstTs());
    assertEquals(Optional.of(origin.events().getLast().ts()), row.lastTs());
    assertEquals(fork.origin(), row.origin());
    assertEquals(origin.events(), journal().events(fork.runId(), 1, 10));
    journal().append(Samples.before(fork.runId(), 3, 3));
    assertEquals(5, find(fork.runId()).nEvents());
  }

  @Test
  void rejectsRepeatedBegin() {
    Run run = createRun();
    assertThrows(
        EntryExists.class,
        () ->
            journal()
                .create(
                    run,
                    new JournalEntry(
                        run.runId(),
                        0,
                        Samples.before(run.runId(), 1, 0).events(),
                        Optional.empty())));
    assertEquals(run, find(run.runId()));
    assertEquals(List.of(Samples.origin(run)), entries(run.runId()));
  }

  @Test
  void rejectsForeignFirstEntry() {
    Run run = Samples.run(Samples.NOON);
    assertThrows(
        IllegalArgumentException.class,
        () -> journal().create(run, Samples.origin(Samples.run(Samples.NOON))));
    assertThrows(
        IllegalArgumentException.class,
        () -> journal().create(run, Samples.before(run.runId(), 1, 0)));
    assertEquals(Optional.empty(), catalog().find(run.runId()));
  }

  @Test
  void appendsEntriesAndUpdatesTheRow() {
    Run run = createRun();
    JournalEntry before = Samples.before(run.runId(), 1, 0);
    JournalEntry after = Samples.after(run.runId(), 4, 0, 2);
    journal().append(before);
    journal().append(after);

    assertEquals(List.of(Samples.origin(run), before, after), entries(run.runId()));
    Run row = find(run.runId());
    assertEquals(8, row.nEvents());
    assertEquals(0, row.lastT());
    assertEquals(Optional.of(before.events().getFirst().ts()), row.firstTs());
    assertEquals(Optional.of(after.events().getLast().ts()), row.lastTs());

    journal().append(Samples.before(run.runId(), 9, 1));
    assertEquals(1, find(run.runId()).lastT());
  }

  @Test
  void rejectsRepeatedAppend() {
    Run run = createRun();
    JournalEntry written = Samples.before(run.runId(), 1, 0);
    journal().append(written);
    assertThrows(EntryExists.class, () -> journal().append(written));
    assertThrows(EntryExists.class, () -> journal().append(Samples.after(run.runId(), 1, 0, 3)));
    assertEquals(List.of(Samples.origin(run), written), entries(run.runId()));
    assertEquals(3, find(run.runId()).nEvents());
  }

  @Test
  void rejectsGapAndOverlap() {
    Run run = createRun();
    journal().append(Samples.before(run.runId(), 1, 0));
    for (long seq : List.of(2L, 3L, 5L, 100L)) {
      assertThrows(
          IllegalStateException.class,
          () -> journal().append(Samples.after(run.runId(), seq, 0, 1)),
          () -> "an entry at " + seq);
    }
    assertEquals(3, journal().events(run.runId(), 1, 10).size());
    assertEquals(3, find(run.runId()).nEvents());
  }

  @Test
  void fencesWriterOfEndedRun() {
    Run run = createRun();
    JournalEntry written = Samples.before(run.runId(), 1, 0);
    journal().append(written);
    assertTrue(catalog().fail(run.runId(), FAILURE, Samples.NOON));

    assertThrows(RunNotRunning.class, () -> journal().append(Samples.after(run.runId(), 4, 0, 1)));
    assertThrows(
        RunNotRunning.class, () -> journal().append(written), "also for an entry that exists");
    assertEquals(written.events(), journal().events(run.runId(), 1, 10));
    assertEquals(3, find(run.runId()).nEvents());
  }

  @Test
  void fencesWriterOfUnknownRun() {
    RunId runId = RunId.of(UUID.randomUUID());
    assertThrows(RunNotRunning.class, () -> journal().append(Samples.before(runId, 1, 0)));
    assertEquals(List.of(), entries(runId));
    assertEquals(Optional.empty(), catalog().find(runId));
  }

  @Test
  void acceptsOneOfSeveralConcurrentAppends() throws Exception {
    int writers = 4;
    Run run = createRun();
    long seq = 1;
    for (int round = 0; round < 10; round++) {
      List<JournalEntry> won = Collections.synchronizedList(new ArrayList<>());
      long position = seq;
      ConcurrentWorkers.run(
          writers,
          writer -> {
            JournalEntry entry = Samples.after(run.runId(), position, 0, writer);
            try {
              journal().append(entry);
              won.add(entry);
            } catch (EntryExists e) {
              // another writer was first
            }
          });
      assertEquals(1, won.size());
      assertEquals(won, journal().entries(run.runId(), position, 10));
      seq = won.getFirst().nextSeq();
      assertEquals(seq - 1, find(run.runId()).nEvents());
    }
  }

  @Test
  void acceptsOneOfSeveralConcurrentBegins() throws Exception {
    Run run = Samples.run(Samples.NOON);
    List<Integer> won = Collections.synchronizedList(new ArrayList<>());
    ConcurrentWorkers.run(
        4,
        writer -> {
          try {
            journal().create(run, Samples.origin(run));
            won.add(writer);
          } catch (EntryExists e) {
            // another writer was first
          }
        });
    assertEquals(1, won.size());
    assertEquals(run, find(run.runId()));
  }

  @Test
  void rejectsAppendsAfterTheRunEnds() throws Exception {
    for (int round = 0; round < 10; round++) {
      Run run = createRun();
      List<JournalEntry> written = Collections.synchronizedList(new ArrayList<>());
      List<Long> countAtEnd = Collections.synchronizedList(new ArrayList<>());
      ConcurrentWorkers.run(
          2,
          worker -> {
            if (worker == 0) {
              assertTrue(catalog().fail(run.runId(), FAILURE, Samples.NOON));
              countAtEnd.add(find(run.runId()).nEvents());
              return;
            }
            long seq = 1;
            for (int t = 0; t < 5; t++) {
              JournalEntry entry = Samples.before(run.runId(), seq, t);
              try {
                journal().append(entry);
              } catch (RunNotRunning e) {
                return;
              }
              written.add(entry);
              seq = entry.nextSeq();
            }
          });
      long events = written.stream().mapToLong(entry -> entry.events().size()).sum();
      assertEquals(countAtEnd, List.of(events), "event count of the row when the run ended");
      assertEquals(events, journal().events(run.runId(), 1, 100).size());
    }
  }

  @Test
  void readsEventsFromAnySeq() {
    Run fork = Samples.fork(Samples.NOON, Mutation.NONE);
    List<JournalEntry> all =
        List.of(
            Samples.forkOrigin(fork),
            Samples.before(fork.runId(), 3, 3),
            Samples.after(fork.runId(), 6, 3, 2),
            Samples.before(fork.runId(), 11, 4));
    journal().create(fork, all.getFirst());
    all.stream().skip(1).forEach(journal()::append);
    List<Event> events = all.stream().flatMap(entry -> entry.events().stream()).toList();

    for (int from = 1; from <= events.size() + 2; from++) {
      for (int limit = 1; limit <= events.size() + 1; limit++) {
        int start = Math.min(from - 1, events.size());
        int end = Math.min(start + limit, events.size());
        assertEquals(
            events.subList(start, end),
            journal().events(fork.runId(), from, limit),
            "from " + from + ", limit " + limit);
      }
    }
  }

  @Test
  void limitsPagesInBytes() {
    Run run = createRun();
    List<Event> events = new ArrayList<>();
    for (int t = 0; t < 10; t++) {
      // one payload that is stored in the entry, and one that is too large for it
      JournalEntry entry =
          Samples.entry(
              run.runId(),
              events.size() + 1,
              t,
              Optional.empty(),
              new Payload.LlmPrompt("a".repeat(50_000)),
              new Payload.LlmPrompt("b".repeat(150_000)));
      journal().append(entry);
      events.addAll(entry.events());
    }
    assertEquals(events.subList(0, 4), journal().events(run.runId(), 1, 1_000, 401_000));
    assertEquals(events.subList(1, 4), journal().events(run.runId(), 2, 1_000, 351_000));
    assertEquals(events.subList(5, 6), journal().events(run.runId(), 6, 1_000, 1), "at least one");
    assertEquals(events.subList(18, 20), journal().events(run.runId(), 19, 1_000, 1_000_000));
    assertEquals(events, journal().events(run.runId(), 1, 1_000), "within the default");
    assertThrows(IllegalArgumentException.class, () -> journal().events(run.runId(), 1, 1_000, 0));
  }

  @Test
  void findsEveryTurnStartOfALongRun() {
    Run run = createRun();
    List<Event> starts = new ArrayList<>();
    long seq = 1;
    for (int t = 3; t < 70; t++) { // more entries than one query returns
      JournalEntry before = Samples.before(run.runId(), seq, t);
      journal().append(before);
      JournalEntry after = Samples.after(run.runId(), before.nextSeq(), t, t % 4);
      journal().append(after);
      starts.add(before.events().getFirst());
      seq = after.nextSeq();
    }
    for (Event start : starts) {
      assertEquals(Optional.of(start), journal().turnStart(run.runId(), start.t()));
    }
    for (int t : List.of(-1, 0, 2, 70, Integer.MAX_VALUE)) {
      assertEquals(Optional.empty(), journal().turnStart(run.runId(), t));
    }
    assertEquals(starts, journal().turnStarts(run.runId(), 1, 1_000_000));
    assertEquals(starts.subList(0, 1), journal().turnStarts(run.runId(), 1, 1));
    long fromSeq = starts.get(30).seq();
    assertEquals(starts.subList(30, 67), journal().turnStarts(run.runId(), fromSeq, 1_000_000));
    assertEquals(List.of(), journal().turnStarts(run.runId(), seq, 1_000_000));
  }

  @Test
  void readsEntriesFromAnyPosition() {
    Run run = createRun();
    List<JournalEntry> all = new ArrayList<>(List.of(Samples.origin(run)));
    for (int t = 0; t < 3; t++) {
      JournalEntry before = Samples.before(run.runId(), all.getLast().nextSeq(), t);
      journal().append(before);
      JournalEntry after = Samples.after(run.runId(), before.nextSeq(), t, 1);
      journal().append(after);
      all.addAll(List.of(before, after));
    }
    for (int position = 0; position <= all.getLast().nextSeq(); position++) {
      int from = position;
      List<JournalEntry> expected = all.stream().filter(entry -> entry.position() >= from).toList();
      assertEquals(expected, journal().entries(run.runId(), position, 100));
      assertEquals(
          expected.stream().limit(2).toList(), journal().entries(run.runId(), position, 2));
    }
  }

  @Test
  void returnsNothingForUnknownRun() {
    RunId runId = RunId.of(UUID.randomUUID());
    assertEquals(List.of(), journal().entries(runId, 0, 10));
    assertEquals(List.of(), journal().events(runId, 1, 10));
    assertEquals(Optional.empty(), journal().turnStart(runId, 0));
    journal().postponeExpiry(runId);
    assertEquals(List.of(), journal().entries(runId, 0, 10), "creates nothing");
  }

  @Test
  void keepsTheTimeBeforeWhichTheModelMustNotBeCalled() {
    Run run = createRun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    journal().append(entry);
    assertEquals(
        Optional.empty(), journal().entries(run.runId(), 1, 1).getFirst().modelNotBefore());

    Instant until = Samples.NOON.plusSeconds(120);
    journal().postponeModel(run.runId(), 1, until);
    JournalEntry postponed = journal().entries(run.runId(), 1, 1).getFirst();
    assertEquals(Optional.of(until), postponed.modelNotBefore());
    assertEquals(entry.events(), postponed.events());

    journal().postponeModel(run.runId(), 1, until.plusSeconds(60));
    assertEquals(
        Optional.of(until.plusSeconds(60)),
        journal().entries(run.runId(), 1, 1).getFirst().modelNotBefore());
    journal().postponeModel(run.runId(), 4, until);
    assertEquals(List.of(), journal().entries(run.runId(), 4, 1), "creates no entry");
  }

  @Test
  void findsTurnStart() {
    Run run = createRun();
    JournalEntry first = Samples.before(run.runId(), 1, 0);
    JournalEntry answer = Samples.after(run.runId(), 4, 0, 1);
    JournalEntry second = Samples.before(run.runId(), 7, 1);
    List.of(first, answer, second).forEach(journal()::append);

    assertEquals(Optional.of(first.events().getFirst()), journal().turnStart(run.runId(), 0));
    assertEquals(Optional.of(second.events().getFirst()), journal().turnStart(run.runId(), 1));
    assertEquals(Optional.empty(), journal().turnStart(run.runId(), 2));
    assertEquals(Optional.empty(), journal().turnStart(run.runId(), 100));
  }

  @Test
  void findsTurnStartInsideAnEntry() {
    Run fork = Samples.fork(Samples.NOON, Mutation.NONE);
    Event start = Samples.event(fork.runId(), 2, 3, new Payload.TurnStart(3, Samples.world()));
    journal()
        .create(
            fork,
            new JournalEntry(
                fork.runId(),
                0,
                List.of(
                    Samples.event(
                        fork.runId(), 1, 3, new Payload.Fork(RunId.of(UUID.randomUUID()), 3, "")),
                    start),
                Optional.of(Samples.world())));
    assertEquals(Optional.of(start), journal().turnStart(fork.runId(), 3));
  }

  @Test
  void readsLongRun() {
    Run run = createRun();
    List<Event> written = new ArrayList<>();
    String text = "x".repeat(10_000);
    for (int t = 0; t < 120; t++) {
      JournalEntry entry =
          Samples.entry(
              run.runId(),
              written.size() + 1,
              t,
              Optional.empty(),
              new Payload.TurnStart(t, Samples.world()),
              new Payload.LlmPrompt(text),
              new Payload.LlmPrompt(text));
      journal().append(entry);
      written.addAll(entry.events());
    }
    assertEquals(written, journal().events(run.runId(), 1, 1_000));
    assertEquals(written.subList(100, 350), journal().events(run.runId(), 101, 250));
    assertEquals(121, entries(run.runId()).size());
    assertEquals(119, journal().turnStart(run.runId(), 119).orElseThrow().t());
  }

  @Test
  void keepsLargePayloadsUnchanged() {
    Run run = createRun();
    JournalEntry entry =
        Samples.entry(
            run.runId(),
            1,
            0,
            Optional.empty(),
            new Payload.LlmPrompt("small"),
            new Payload.LlmPrompt("→☕\"\\ \u0000𝄞".repeat(60_000)),
            new Payload.LlmPrompt("y".repeat(110_000)));
    journal().append(entry);
    assertEquals(List.of(Samples.origin(run), entry), entries(run.runId()));
    assertEquals(entry.events().subList(1, 3), journal().events(run.runId(), 2, 10));
  }

  @Test
  void keepsEntryWithManyMediumPayloads() {
    Run run = createRun();
    List<Payload> payloads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      RawJson action =
          new RawJson(
              String.format(
                  Locale.ROOT, "{\"type\":\"wait\",\"why\":\"%d%s\"}", i, "→".repeat(3_000)));
      payloads.add(new Payload.ActionTaken(i, action));
      payloads.add(new Payload.ActionResult(i, "wait", false));
    }
    JournalEntry entry =
        Samples.entry(
            run.runId(), 1, 0, Optional.of(Samples.world()), payloads.toArray(new Payload[0]));
    journal().append(entry);
    assertEquals(List.of(entry), journal().entries(run.runId(), 1, 1));
  }

  @Test
  void keepsLargeState() {
    Run run = Samples.run(Samples.NOON);
    World start = Samples.world();
    World large =
        new World(
            start.food(),
            start.wood(),
            start.gold(),
            start.stone(),
            start.population(),
            start.popCap(),
            start.age(),
            Collections.nCopies(40_000, "house"),
            Collections.nCopies(40_000, 3),
            0,
            0);
    JournalEntry origin = new JournalEntry(run.runId(), 0, List.of(), Optional.of(large));
    JournalEntry first =
        Samples.entry(
            run.runId(), 1, 0, Optional.of(large.tick()), new Payload.TurnStart(0, large));
    journal().create(run, origin);
    journal().append(first);
    assertEquals(List.of(origin, first), entries(run.runId()));
    assertEquals(Optional.of(first.events().getFirst()), journal().turnStart(run.runId(), 0));
  }

  @Test
  void keepsTheWinnersLargePayload() {
    Run run = createRun();
    JournalEntry winner =
        Samples.entry(
            run.runId(), 1, 0, Optional.empty(), new Payload.LlmPrompt("a".repeat(200_000)));
    JournalEntry loser =
        Samples.entry(
            run.runId(), 1, 0, Optional.empty(), new Payload.LlmPrompt("b".repeat(200_000)));
    journal().append(winner);
    assertThrows(EntryExists.class, () -> journal().append(loser));
    assertEquals(winner.events(), journal().events(run.runId(), 1, 10));
  }

  @Test
  void keepsEntriesUntilTheyExpire() {
    Run run = createRun();
    JournalEntry entry = Samples.before(run.runId(), 1, 0);
    journal().append(entry);
    journal().postponeExpiry(run.runId());
    assertEquals(List.of(Samples.origin(run), entry), entries(run.runId()));
    assertEquals(3, find(run.runId()).nEvents());
  }

  @Test
  void rejectsInvalidLimits() {
    RunId runId = RunId.of(UUID.randomUUID());
    for (int limit : List.of(-1, 0, 1_001)) {
      assertThrows(IllegalArgumentException.class, () -> journal().entries(runId, 0, limit));
      assertThrows(IllegalArgumentException.class, () -> journal().events(runId, 1, limit));
    }
    for (long seq : List.of(-1L, 0L)) {
      assertThrows(IllegalArgumentException.class, () -> journal().events(runId, seq, 10));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> journal().append(Samples.origin(Samples.run(Samples.NOON))),
        "only a run's first entry may be empty");
  }

  @Test
  void isolatesRuns() {
    Run one = createRun();
    Run other = createRun();
    JournalEntry ofOne = Samples.before(one.runId(), 1, 0);
    JournalEntry ofOther = Samples.after(other.runId(), 1, 0, 1);
    journal().append(ofOne);
    journal().append(ofOther);
    assertEquals(
        Stream.of(ofOne, ofOther).map(JournalEntry::events).toList(),
        List.of(journal().events(one.runId(), 1, 10), journal().events(other.runId(), 1, 10)));
  }
}
