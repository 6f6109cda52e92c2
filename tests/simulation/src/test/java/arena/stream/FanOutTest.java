package arena.stream;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.ConnectionId;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.simulation.stores.Call;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a fan-out delivers, also to slow, failing and lagging readers. */
@Timeout(30)
final class FanOutTest extends FanOutFixture {
  private static final ConnectionId B = ConnectionId.of("b");
  private static final ConnectionId C = ConnectionId.of("c");
  private static final ConnectionId BAD = ConnectionId.of("bad");
  private static final ConnectionId STUCK = ConnectionId.of("stuck");
  private static final ConnectionId GOOD = ConnectionId.of("good");
  private static final ConnectionId QUICK = ConnectionId.of("quick");
  private static final ConnectionId A = ConnectionId.of("a");

  @Test
  void deliversPendingEventsToEveryReader() {
    createRun(20);
    reader(A, 1);
    reader(B, 15);
    reader(C, 21);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(A));
    assertEquals(range(15, 20), sockets.seqs(B));
    assertEquals(List.of(), sockets.seqs(C));
    assertEquals(new FanOut.Result(26, 0), sent);
    assertFalse(redis.leased(RUN));
    finalizeRun();
    serve(farDeadline());
    for (ConnectionId connection : List.of(A, B, C)) {
      assertEquals("closed", sockets.types(connection).getLast());
      assertEquals(Set.of(), connections.subscriptions(connection));
    }
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void countsDeliveriesOnceIfTheResponseIsLost() {
    createRun(20);
    reader(A, 1);
    reader(B, 15);
    network.after(
        Call.CATALOG_COUNT_DELIVERIES,
        once(
            _ -> {
              throw Dependency.CATALOG.unavailable("response lost", null);
            }));
    serve(farDeadline());
    assertEquals(26, catalog.counters().eventsStreamed());
    serve(farDeadline());
    assertEquals(26, catalog.counters().eventsStreamed());
  }

  @Test
  void countsDeliveriesOfFanOutThatFails() {
    createRun(20);
    reader(A, 1);
    network.before(
        Call.SUBSCRIBERS_RELEASE,
        _ -> {
          throw Dependency.BROKER.unavailable("no answer", null);
        });
    assertThrows(DependencyUnavailable.class, () -> serve(farDeadline()));
    assertEquals(20, catalog.counters().eventsStreamed());
  }

  @Test
  void deliversWhileDeliveriesCannotBeCounted() {
    createRun(20);
    reader(A, 1);
    network.cut(Call.CATALOG_COUNT_DELIVERIES);
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(A));
    assertEquals(0, catalog.counters().eventsStreamed());
  }

  @Test
  void fitsSmallEventsIntoOneFrame() {
    createRun(1_000);
    reader(A, 1);
    serve(farDeadline());
    assertEquals(range(1, 1_000), sockets.seqs(A));
    int largestMessage = sockets.largestMessage.get();
    assertTrue(
        largestMessage > 30 * 1024 && largestMessage <= 32 * 1024, largestMessage + " bytes");
  }

  @Test
  void sendsLargeEventAloneAndTooLargeEventByReference() {
    createRun(2);
    List<Event> large = List.of(event(3, 60 * 1024), event(4, 120 * 1024), event(5, 200 * 1024));
    journal.append(new JournalEntry(RUN, 3, large, Optional.empty()));
    broker.publish(RUN, large);
    publish(6, 7);
    reader(A, 1);
    serve(farDeadline());
    assertEquals(range(1, 7), sockets.seqs(A));
    List<JsonNode> messages = List.copyOf(sockets.received.get(A));
    assertEquals(
        List.of(2, 1, 1, 1, 2), messages.stream().map(one -> one.path("events").size()).toList());
    assertEquals(
        120 * 1024,
        messages.get(2).at("/events/0/payload/state_summary").asText().length(),
        "sent whole");
    assertEquals(
        "https://example.com/",
        messages.get(3).at("/events/0/payload_url").asText(),
        "sent by reference");
    assertTrue(sockets.largestMessage.get() <= 128 * 1024, sockets.largestMessage + " bytes");
  }

  @Test
  void closesOnlyTheReaderWhoseMessagesAreRefused() {
    createRun(20);
    reader(BAD, 1);
    reader(GOOD, 1);
    sockets.answers.put(BAD, ConnectionSender.Result.REFUSED);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(GOOD));
    assertEquals(Set.of(BAD), sockets.closed);
    assertEquals(Set.of(GOOD), subscribers.cursors(RUN).keySet());
    assertEquals(new FanOut.Result(20, 1), sent);
    assertEquals(2, sockets.attempts.get(), "no retry after a refusal");
  }

  @Test
  void closesReaderThatAcceptsNothing() {
    keepLeases();
    createRun(20);
    reader(STUCK, 1);
    reader(GOOD, 1);
    sockets.answers.put(STUCK, ConnectionSender.Result.LATER);
    sockets.beforeSend = () -> clock.advance(Delivery.SEND_TIMEOUT.dividedBy(8));
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(GOOD));
    assertEquals(Set.of(STUCK), sockets.closed);
    assertEquals(1, catalog.counters().streamsDropped());
    assertFalse(redis.leased(RUN));
  }

  @Test
  void closesReaderOfUnreadableArchive() {
    keepLeases();
    createRun(20);
    finalizeRun();
    broker.drop(RUN);
    reader(A, 1);
    network.before(Call.ARCHIVE_EVENTS, _ -> clock.advance(Delivery.SEND_TIMEOUT.dividedBy(8)));
    network.cut(Call.ARCHIVE_EVENTS);
    serve(farDeadline());
    assertEquals(Set.of(A), sockets.closed);
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void deliversToFastReadersDespiteSlowReaders() {
    createRun(20);
    for (int i = 0; i < 200; i++) {
      reader(ConnectionId.of("slow-" + i), 1);
      sockets.answers.put(ConnectionId.of("slow-" + i), ConnectionSender.Result.LATER);
    }
    reader(QUICK, 1);
    // Before the slow readers are dropped and after the fast one has everything.
    Instant deadline = START.plus(Delivery.SEND_TIMEOUT.dividedBy(2));
    sockets.beforeSend =
        () -> {
          if (sockets.attempts.get() > 600) {
            clock.advance(Duration.ofSeconds(1));
          }
        };
    serve(deadline);
    assertEquals(range(1, 20), sockets.seqs(QUICK));
    assertEquals(Set.of(), sockets.closed);
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    assertFalse(redis.leased(RUN));
  }

  @Test
  void sendsClosedOnceWhenTheSubscriptionCannotBeDeleted() {
    createRun(3);
    reader(A, 4);
    finalizeRun();
    network.cut(Call.CONNECTIONS_UNSUBSCRIBED);
    serve(farDeadline());
    assertEquals(List.of("closed"), sockets.types(A));
    assertEquals(
        Set.of(A), sockets.closed, "a late delete of the subscription could remove a new one");
  }

  @Test
  void reportsAndCountsOverflowOnce() {
    startRedis(clock, 11);
    createRun(20);
    reader(A, 3);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(List.of("overflow"), sockets.types(A));
    assertEquals(10, sockets.received.get(A).peek().path("available_from").asLong());
    assertEquals(new FanOut.Result(0, 1), sent);
    assertEquals(Set.of(), connections.subscriptions(A));
  }

  @Test
  void keepsASubscriptionMadeRightAfterTheClosedMessage() {
    createRun(20);
    finalizeRun();
    List<String> subscribed = new ArrayList<>();
    network.before(Call.CONNECTIONS_SUBSCRIBED, subscribed::add);
    network.before(
        Call.CONNECTIONS_UNSUBSCRIBED,
        once(connectionId -> subscribers.put(RUN, ConnectionId.of(connectionId), 5)));
    reader(A, 21);
    serve(farDeadline());
    assertEquals(List.of("closed", "events", "closed"), sockets.types(A));
    assertEquals(List.of("a", "a"), subscribed);
    assertEquals(Set.of(), connections.subscriptions(A));
  }

  @Test
  void servesEventsThatTheBrokerLostFromTheJournal() {
    createRun(20);
    reader(A, 3);
    redis.trim(RUN, 0);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(3, 20), sockets.seqs(A));
    assertEquals(List.of("events"), sockets.types(A), "no overflow");
    assertEquals(new FanOut.Result(18, 0), sent);
  }

  @Test
  void servesEndedRunWhoseSentinelIsBack() {
    createRun(20);
    Runnable restoreBackup = redis.checkpoint();
    publish(21, 25);
    finalizeRun();
    restoreBackup.run();
    assertTrue(broker.buffer(RUN).open());
    reader(A, 1);
    serve(farDeadline());
    assertEquals(range(1, 25), sockets.seqs(A));
    assertEquals("closed", sockets.types(A).getLast());
    assertFalse(redis.leased(RUN));
  }

  @Test
  void doesNotSendAgainWhatItCouldNotRecord() {
    createRun(20);
    reader(A, 1);
    AtomicInteger failures = new AtomicInteger(3);
    network.before(
        Call.SUBSCRIBERS_ADVANCE,
        _ -> {
          if (failures.getAndDecrement() > 0) {
            throw Dependency.BROKER.unavailable("READONLY", null);
          }
        });
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(A), "each event once");
    assertEquals(new FanOut.Result(20, 0), sent);
  }

  @Test
  void findsTheEndOfARunWithoutReadingItsRowAtEachPoll() {
    createRun(20);
    reader(STUCK, 1);
    reader(A, 1);
    sockets.answers.put(STUCK, ConnectionSender.Result.LATER);
    AtomicInteger rows = new AtomicInteger();
    AtomicInteger polls = new AtomicInteger();
    network.before(Call.CATALOG_FIND, _ -> rows.incrementAndGet());
    network.before(
        Call.SUBSCRIBERS_LOOK,
        _ -> {
          if (polls.incrementAndGet() == 50) {
            finalizeRun();
            rows.set(0);
          }
          if (sockets.types(A).contains("closed")) {
            sockets.answers.remove(STUCK);
          }
          assertTrue(rows.get() <= 5, rows + " rows read");
        });
    serve(farDeadline());
    assertEquals("closed", sockets.types(A).getLast());
    assertEquals(range(1, 20), sockets.seqs(STUCK));
  }

  /** Next to a reader that accepts nothing, the others get each event at the next polls. */
  @Test
  void slowReaderCostsTheOthersNothing() {
    createRun(20);
    List<ConnectionId> quick = new ArrayList<>();
    for (int i = 0; i < 999; i++) {
      quick.add(ConnectionId.of("quick-" + i));
      reader(quick.getLast(), 1);
    }
    reader(STUCK, 1);
    sockets.answers.put(STUCK, ConnectionSender.Result.LATER);
    LongAdder found = countFound();
    AtomicInteger published = new AtomicInteger(20);
    AtomicInteger alone = new AtomicInteger();
    network.before(
        Call.SUBSCRIBERS_LOOK,
        _ -> {
          if (sockets.seqs(quick.getLast()).size() < published.get()
              || !quick.stream()
                  .allMatch(reader -> sockets.seqs(reader).size() == published.get())) {
            return;
          }
          if (published.get() < 30) {
            publish(published.get() + 1, published.incrementAndGet());
            return;
          }
          // from here on, only the stuck reader needs anything
          switch (alone.incrementAndGet()) {
            case 1 -> found.reset();
            case 50 -> sockets.answers.remove(STUCK);
            default -> {}
          }
        });
    serve(farDeadline());
    quick.forEach(reader -> assertEquals(range(1, 30), sockets.seqs(reader)));
    assertEquals(range(1, 30), sockets.seqs(STUCK));
    assertTrue(alone.get() >= 50, alone + " polls");
    assertTrue(found.sum() <= 2L * alone.get(), found + " readers found");
    assertEquals(Set.of(), sockets.closed);
  }

  /**
   * In an account whose concurrency is in use, a run with pending events does not keep its share.
   */
  @Test
  void handsOverSoonIfItWasThrottled() {
    createRun(20);
    reader(A, 1);
    publishAtEachLook();
    Instant woken = START.minus(FanOut.THROTTLED_LAG);
    fanOut().serve(new FanOutTask(RUN, woken, farDeadline(), false));
    Duration held = Duration.between(START, clock.instant());
    assertTrue(held.compareTo(FanOut.THROTTLED_SHARE) >= 0, held.toString());
    assertTrue(held.compareTo(FanOut.THROTTLED_SHARE.multipliedBy(2)) < 0, held.toString());
    assertEquals(List.of(RUN), List.copyOf(this.woken));
    assertFalse(redis.leased(RUN));
  }

  @Test
  void doesNotHandOverBeforeItsDeadlineIfItWasNotThrottled() {
    createRun(20);
    reader(A, 1);
    publishAtEachLook();
    serve(farDeadline());
    assertEquals(range(1, 60), sockets.seqs(A));
    assertEquals(List.of(), List.copyOf(woken));
  }

  /** Otherwise no fan-out would last until the reader has timed out. */
  @Test
  void dropsReaderThatAcceptsNothingAlsoIfItWasThrottled() {
    keepLeases();
    createRun(20);
    reader(STUCK, 1);
    sockets.answers.put(STUCK, ConnectionSender.Result.LATER);
    sockets.beforeSend =
        () ->
            clock.advance(
                sockets.attempts.get() <= 3
                    ? FanOut.THROTTLED_SHARE.dividedBy(2)
                    : Delivery.SEND_TIMEOUT.dividedBy(8));
    Instant woken = START.minus(FanOut.THROTTLED_LAG);
    fanOut().serve(new FanOutTask(RUN, woken, farDeadline(), false));
    assertEquals(Set.of(STUCK), sockets.closed);
  }

  /** Publishes an event every 100 ms, up to the 60th. */
  private void publishAtEachLook() {
    AtomicInteger published = new AtomicInteger(20);
    network.before(
        Call.SUBSCRIBERS_LOOK,
        _ -> {
          clock.advance(Duration.ofMillis(100));
          if (published.get() < 60) {
            publish(published.get() + 1, published.incrementAndGet());
          }
        });
  }

  @Test
  void findsOnlyReadersThatAreBehind() {
    createRun(20);
    for (int i = 0; i < 2_000; i++) {
      reader(ConnectionId.of("idle-" + i), 21);
    }
    reader(STUCK, 1);
    sockets.answers.put(STUCK, ConnectionSender.Result.LATER);
    LongAdder found = countFound();
    AtomicInteger polls = new AtomicInteger();
    network.before(
        Call.SUBSCRIBERS_LOOK,
        _ -> {
          if (polls.incrementAndGet() == 50) {
            sockets.answers.remove(STUCK);
          }
        });
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs(STUCK));
    assertTrue(found.sum() <= 50, found + " readers found for one that is behind");
  }

  @Test
  void servesMoreReadersThanOnePollFinds() {
    createRun(20);
    for (int i = 0; i < 1_300; i++) {
      reader(ConnectionId.of("reader-" + i), 1 + i % 20);
    }
    LongAdder found = countFound();
    serve(farDeadline());
    for (int i = 0; i < 1_300; i++) {
      assertEquals(range(1 + i % 20, 20), sockets.seqs(ConnectionId.of("reader-" + i)));
    }
    assertTrue(found.sum() < 10 * 1_300, found + " readers found");
  }

  @Test
  void failsWhenNoStoreHasEventsThatReadersWaitFor() {
    createRun(20);
    redis.setSeq(RUN, 30);
    reader(A, 1);
    assertThrows(IllegalStateException.class, () -> serve(farDeadline()));
    assertEquals(range(1, 20), sockets.seqs(A), "and no overflow");
    assertFalse(redis.leased(RUN));
  }

  @Test
  void makesEachMessageOnceForManyReaders() {
    createRun(1_000);
    finalizeRun();
    broker.drop(RUN);
    AtomicInteger reads = new AtomicInteger();
    network.before(Call.ARCHIVE_EVENTS, _ -> reads.incrementAndGet());
    for (int i = 0; i < 50; i++) {
      reader(ConnectionId.of("reader-" + i), 1 + i);
    }
    serve(farDeadline());
    for (int i = 0; i < 50; i++) {
      assertEquals(range(1 + i, 1_000), sockets.seqs(ConnectionId.of("reader-" + i)));
    }
    int alone = reads.getAndSet(0);
    reader(A, 1);
    serve(farDeadline());
    assertEquals(range(1, 1_000), sockets.seqs(A));
    assertTrue(alone <= reads.get() + 50, alone + " reads for 50 readers, " + reads + " for one");
  }
}
