package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.AlreadyOpen;
import arena.broker.Broker;
import arena.broker.Broker.Envelope;
import arena.broker.ConnectionId;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.broker.Overflow;
import arena.broker.Subscribers;
import arena.codec.EnvelopeCodec;
import arena.event.Event;
import arena.run.RunId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The contract of {@link Broker}; each implementation has a subclass. */
abstract class BrokerContract {
  private static final ConnectionId READER = ConnectionId.of("reader");
  private static final int ANY_BYTES = Integer.MAX_VALUE;

  /** The broker under test, the same one for the whole test. */
  abstract Broker broker();

  /** The subscribers of that broker. */
  abstract Subscribers subscribers();

  /** Deletes all data of the broker. */
  abstract void loseEverything();

  /** Takes a snapshot of the broker; running the result restores it. */
  abstract Runnable checkpoint();

  /** JUnit creates an instance per test, so each test has its own run. */
  private final RunId runId = RunId.of(UUID.randomUUID());

  @Test
  void readsPublishedEventsInOrderUnchanged() {
    open();
    List<Event> events = SampleEvents.events(runId, 1, 20);
    assertEquals(8, broker().publish(runId, events.subList(0, 8)).lastSeq());
    assertEquals(20, broker().publish(runId, events.subList(8, 20)).lastSeq());
    assertEquals(envelopes(events), read(1, 100));
    assertEquals(envelopes(events.subList(16, 20)), read(17, 100));
    assertEquals(envelopes(events.subList(4, 7)), read(5, 3));
    assertEquals(new Broker.Buffer(true, 20, 20, Optional.of(1L)), broker().buffer(runId));
  }

  @Test
  void publishesRepeatedBatchOnce() {
    open();
    List<Event> events = SampleEvents.events(runId, 1, 12);
    broker().publish(runId, events.subList(0, 8));
    assertEquals(8, broker().publish(runId, events.subList(0, 8)).lastSeq());
    assertEquals(8, broker().publish(runId, events.subList(2, 5)).lastSeq());
    assertEquals(12, broker().publish(runId, events.subList(6, 12)).lastSeq());
    assertEquals(envelopes(events), read(1, 100));
  }

  @Test
  void publishesEveryEventOnceForAnyBatching() {
    open();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<Event> events = SampleEvents.events(runId, 1, 300);
    int published = 0;
    while (published < events.size()) {
      int from = Math.max(0, published - random.nextInt(20));
      int to = Math.min(events.size(), from + 1 + random.nextInt(30));
      long last = broker().publish(runId, events.subList(from, to)).lastSeq();
      published = Math.max(published, to);
      assertEquals(published, last, "seed " + seed);
    }
    assertEquals(envelopes(events), read(1, 1_000), "seed " + seed);
  }

  @Test
  void rejectsGapWithoutEffect() {
    open();
    broker().publish(runId, SampleEvents.events(runId, 1, 3));
    Gap gap =
        assertThrows(Gap.class, () -> broker().publish(runId, SampleEvents.events(runId, 5, 6)));
    assertEquals(3, gap.lastSeq());
    assertEquals(envelopes(SampleEvents.events(runId, 1, 3)), read(1, 100));
    Gap atStart =
        assertThrows(
            Gap.class,
            () -> {
              RunId other = RunId.of(UUID.randomUUID());
              broker().open(other, "other", SampleEvents.START);
              broker().publish(other, SampleEvents.events(other, 2, 2));
            });
    assertEquals(0, atStart.lastSeq());
  }

  @Test
  void rejectsInvalidBatches() {
    open();
    Broker broker = broker();
    assertThrows(IllegalArgumentException.class, () -> broker.publish(runId, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> broker.publish(runId, SampleEvents.events(runId, 1, Broker.MAX_BATCH + 1)));
    List<Event> withGap = new ArrayList<>(SampleEvents.events(runId, 1, 3));
    withGap.remove(1);
    assertThrows(IllegalArgumentException.class, () -> broker.publish(runId, withGap));
    assertThrows(
        IllegalArgumentException.class,
        () -> broker.publish(runId, SampleEvents.events(RunId.of(UUID.randomUUID()), 1, 1)));
    assertEquals(0, broker.buffer(runId).lastSeq());
    assertEquals(
        Broker.MAX_BATCH,
        broker.publish(runId, SampleEvents.events(runId, 1, Broker.MAX_BATCH)).lastSeq());
  }

  @Test
  void publishesOnlyToOpenRun() {
    List<Event> events = SampleEvents.events(runId, 1, 2);
    assertThrows(NotOpen.class, () -> broker().publish(runId, events));
    open();
    broker().publish(runId, events);
    broker().close(runId);
    broker().close(runId);
    assertThrows(NotOpen.class, () -> broker().publish(runId, SampleEvents.events(runId, 3, 3)));
    assertEquals(envelopes(events), read(1, 100));
    assertEquals(new Broker.Buffer(false, 2, 2, Optional.of(1L)), broker().buffer(runId));
  }

  @Test
  void rejectsOpeningAnOpenRun() {
    open();
    assertThrows(AlreadyOpen.class, this::open);
    broker().close(runId);
    open();
    assertTrue(broker().buffer(runId).open());
  }

  @Test
  void closesRunThatItDrops() {
    open();
    broker().publish(runId, SampleEvents.events(runId, 1, 2));
    broker().drop(runId);
    assertEquals(new Broker.Buffer(false, 0, 0, Optional.empty()), broker().buffer(runId));
    assertThrows(NotOpen.class, () -> broker().publish(runId, SampleEvents.events(runId, 3, 3)));
  }

  @Test
  void dropsRunThatCanBeOpenedAgain() {
    open();
    broker().publish(runId, SampleEvents.events(runId, 1, 5));
    subscribers().put(runId, READER, 1);
    broker().close(runId);
    broker().drop(runId);
    broker().drop(runId);
    assertEquals(new Broker.Buffer(false, 0, 0, Optional.empty()), broker().buffer(runId));
    assertEquals(
        Map.of(READER, 1L),
        subscribers().cursors(runId),
        "cursors survive; these readers continue from the archive");
    open();
    assertEquals(1, broker().publish(runId, SampleEvents.events(runId, 1, 1)).lastSeq());
    assertEquals(envelopes(SampleEvents.events(runId, 1, 1)), read(1, 10));
  }

  @Test
  void readsNothingAfterTheLastEvent() {
    assertEquals(List.of(), read(1, 10));
    open();
    assertEquals(List.of(), read(1, 10));
    broker().publish(runId, SampleEvents.events(runId, 1, 3));
    assertEquals(List.of(), read(4, 10));
    assertEquals(List.of(), read(9, 10));
  }

  @Test
  void limitsReadByBytesButReturnsAtLeastOneEvent() {
    open();
    broker().publish(runId, SampleEvents.events(runId, 1, 3));
    broker().publish(runId, List.of(SampleEvents.large(runId, 4, 50_000)));
    broker().publish(runId, SampleEvents.events(runId, 5, 200));
    int two =
        read(1, 2).stream()
            .mapToInt(envelope -> envelope.json().getBytes(StandardCharsets.UTF_8).length)
            .sum();
    assertEquals(2, broker().read(runId, 1, 100, two).size());
    assertEquals(1, broker().read(runId, 1, 100, two - 1).size());
    assertEquals(3, broker().read(runId, 1, 100, 40_000).size());
    assertEquals(1, broker().read(runId, 4, 100, 40_000).size());
    assertEquals(196, broker().read(runId, 5, 1_000, ANY_BYTES).size());
  }

  @Test
  void reportsOverflowForTrimmedEvents() {
    open();
    long total = Broker.BUFFER_EVENTS + 1_000L;
    for (long seq = 1; seq <= total; seq += Broker.MAX_BATCH) {
      long to = Math.min(total, seq + Broker.MAX_BATCH - 1);
      broker().publish(runId, SampleEvents.events(runId, seq, to));
    }
    Broker.Buffer buffer = broker().buffer(runId);
    assertEquals(total, buffer.lastSeq());
    assertTrue(buffer.length() >= Broker.BUFFER_EVENTS, "buffer length " + buffer.length());
    assertTrue(buffer.length() <= Broker.BUFFER_EVENTS * 1.05, "buffer length " + buffer.length());
    long first = buffer.firstSeq().orElseThrow();
    assertEquals(total - buffer.length() + 1, first);
    Overflow overflow = assertThrows(Overflow.class, () -> read(first - 1, 10));
    assertEquals(first - 1, overflow.requestedSeq());
    assertEquals(first, overflow.availableFrom());
    assertEquals(first, assertThrows(Overflow.class, () -> read(1, 10)).availableFrom());
    assertEquals(envelopes(SampleEvents.events(runId, first, first + 9)), read(first, 10));
    assertEquals(envelopes(SampleEvents.events(runId, total, total)), read(total, 10));
  }

  @Test
  void restoresLostRun() {
    open();
    List<Event> events = SampleEvents.events(runId, 1, 20);
    broker().publish(runId, events);
    loseEverything();
    assertThrows(NotOpen.class, () -> broker().publish(runId, events.subList(19, 20)));
    assertEquals(1, broker().restore(runId, "label", SampleEvents.START, 1));
    broker().publish(runId, events);
    assertEquals(envelopes(events), read(1, 100));
    assertEquals(new Broker.Buffer(true, 20, 20, Optional.of(1L)), broker().buffer(runId));
  }

  @Test
  void restoresLostRunFromLaterSeq() {
    open();
    broker().publish(runId, SampleEvents.events(runId, 1, 20));
    loseEverything();
    assertEquals(15, broker().restore(runId, "label", SampleEvents.START, 15));
    Overflow overflow = assertThrows(Overflow.class, () -> read(14, 10));
    assertEquals(15, overflow.availableFrom());
    assertEquals(List.of(), read(15, 10));
    broker().publish(runId, SampleEvents.events(runId, 15, 21));
    assertEquals(envelopes(SampleEvents.events(runId, 15, 21)), read(15, 10));
    assertEquals(15, assertThrows(Overflow.class, () -> read(3, 10)).availableFrom());
  }

  @Test
  void reportsWhichKeysManyRunsHave() {
    RunId unknown = RunId.of(UUID.randomUUID());
    open();
    assertEquals(
        Map.of(runId, new Broker.Presence(true, false)),
        broker().presence(List.of(runId, unknown)));
    broker().publish(runId, SampleEvents.events(runId, 1, 3));
    broker().close(runId);
    assertEquals(Map.of(), broker().presence(List.of(unknown, runId)), "closed, without readers");
  }

  @Test
  void dropsManyRuns() {
    List<RunId> runIds = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      RunId other = RunId.of(UUID.randomUUID());
      broker().open(other, "label", SampleEvents.START);
      broker().publish(other, SampleEvents.events(other, 1, 3));
      runIds.add(other);
    }
    open();
    assertEquals(30, broker().presence(runIds).size());
    assertEquals(Set.copyOf(runIds), broker().drop(runIds));
    assertEquals(Set.of(), broker().drop(runIds));
    assertEquals(Map.of(), broker().presence(runIds));
    assertEquals(Set.of(runId), broker().presence(List.of(runId)).keySet(), "of these runs only");
  }

  @Test
  void restoresLostTail() {
    open();
    List<Event> events = SampleEvents.events(runId, 1, 30);
    broker().publish(runId, events.subList(0, 10));
    Runnable failover = checkpoint();
    broker().publish(runId, events.subList(10, 20));
    failover.run();
    Gap gap = assertThrows(Gap.class, () -> broker().publish(runId, events.subList(20, 30)));
    assertEquals(10, gap.lastSeq());
    assertEquals(11, broker().restore(runId, "label", SampleEvents.START, 1));
    broker().publish(runId, events.subList(10, 30));
    assertEquals(envelopes(events), read(1, 100));
  }

  @Test
  void neverReadsAcrossAGap() {
    open();
    broker().publish(runId, SampleEvents.events(runId, 1, 10));
    assertEquals(20, broker().restore(runId, "label", SampleEvents.START, 20));
    broker().publish(runId, SampleEvents.events(runId, 20, 25));
    for (long from = 1; from < 20; from++) {
      long requested = from;
      Overflow overflow = assertThrows(Overflow.class, () -> read(requested, 100));
      assertEquals(20, overflow.availableFrom());
    }
    assertEquals(envelopes(SampleEvents.events(runId, 20, 25)), read(20, 100));
    assertEquals(25, broker().buffer(runId).lastSeq());
  }

  @Test
  void keepsEventsWhenRestoringACompleteRun() {
    open();
    List<Event> events = SampleEvents.events(runId, 1, 10);
    broker().publish(runId, events);
    assertEquals(11, broker().restore(runId, "label", SampleEvents.START, 4));
    assertEquals(11, broker().restore(runId, "label", SampleEvents.START, 11));
    assertEquals(envelopes(events), read(1, 100));
    broker().close(runId);
    assertEquals(11, broker().restore(runId, "label", SampleEvents.START, 1));
    assertTrue(broker().buffer(runId).open());
    assertEquals(11, broker().publish(runId, SampleEvents.events(runId, 11, 11)).lastSeq());
  }

  @Test
  void listsRunsThatHaveAnyKey() {
    RunId closed = RunId.of(UUID.randomUUID());
    RunId read = RunId.of(UUID.randomUUID());
    open();
    broker().close(closed);
    subscribers().put(read, READER, 1);
    Set<RunId> runs = runs();
    assertTrue(runs.containsAll(Set.of(runId, closed, read)));
    broker().close(runId);
    broker().drop(runId);
    broker().drop(closed);
    subscribers().remove(read, READER);
    runs = runs();
    for (RunId gone : List.of(runId, closed, read)) {
      assertFalse(runs.contains(gone));
    }
  }

  private Set<RunId> runs() {
    Set<RunId> runs = new HashSet<>();
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < 1_000; pages++) {
      Broker.Page page = broker().runs(next);
      runs.addAll(page.runIds());
      next = page.next();
      if (next.isEmpty()) {
        return runs;
      }
    }
    throw new AssertionError("no end of pages");
  }

  @Test
  void isolatesRuns() {
    RunId other = RunId.of(UUID.randomUUID());
    open();
    broker().open(other, "other", SampleEvents.START);
    broker().publish(runId, SampleEvents.events(runId, 1, 3));
    broker().publish(other, SampleEvents.events(other, 1, 1));
    broker().close(other);
    broker().drop(other);
    assertEquals(envelopes(SampleEvents.events(runId, 1, 3)), read(1, 10));
  }

  @Test
  void reportsWhetherAFanOutMustBeInvoked() {
    open();
    assertFalse(broker().publish(runId, SampleEvents.events(runId, 1, 1)).wake());
    subscribers().put(runId, READER, 1);
    assertTrue(broker().publish(runId, SampleEvents.events(runId, 2, 2)).wake());
    assertTrue(
        broker().publish(runId, SampleEvents.events(runId, 2, 2)).wake(),
        "the first response may have been lost");
    long fence = subscribers().acquire(runId, SubscribersContract.LONG).orElseThrow();
    assertFalse(broker().publish(runId, SampleEvents.events(runId, 3, 3)).wake());
    subscribers().abandon(runId, fence);
    assertTrue(broker().publish(runId, SampleEvents.events(runId, 4, 4)).wake());
    subscribers().remove(runId, READER);
    assertFalse(broker().publish(runId, SampleEvents.events(runId, 5, 5)).wake());
  }

  private void open() {
    broker().open(runId, "label \"é\"", SampleEvents.START);
  }

  private List<Envelope> read(long fromSeq, int maxEvents) {
    return broker().read(runId, fromSeq, maxEvents, ANY_BYTES);
  }

  private static List<Envelope> envelopes(List<Event> events) {
    return events.stream()
        .map(event -> new Envelope(event.seq(), EnvelopeCodec.write(event)))
        .toList();
  }
}
