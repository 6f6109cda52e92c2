package arena.stream;

import static arena.simulation.stores.ScriptedNetwork.once;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a fan-out delivers, also to slow, failing and lagging readers. */
@Timeout(30)
final class FanOutTest extends FanOutFixture {
  @Test
  void deliversPendingEventsToEveryReader() {
    createRun(20);
    reader("a", 1);
    reader("b", 15);
    reader("c", 21);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("a"));
    assertEquals(range(15, 20), sockets.seqs("b"));
    assertEquals(List.of(), sockets.seqs("c"));
    assertEquals(new FanOut.Result(26, 0), sent);
    assertFalse(redis.leased(RUN));
    finalizeRun();
    serve(farDeadline());
    for (String connection : List.of("a", "b", "c")) {
      assertEquals("closed", sockets.types(connection).getLast());
      assertEquals(Set.of(), connections.subscriptions(connection));
    }
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void fitsSmallEventsIntoOneFrame() {
    createRun(1_000);
    reader("a", 1);
    serve(farDeadline());
    assertEquals(range(1, 1_000), sockets.seqs("a"));
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
    reader("a", 1);
    serve(farDeadline());
    assertEquals(range(1, 7), sockets.seqs("a"));
    List<JsonNode> messages = List.copyOf(sockets.received.get("a"));
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
    reader("bad", 1);
    reader("good", 1);
    sockets.answers.put("bad", ConnectionSender.Result.REFUSED);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("good"));
    assertEquals(Set.of("bad"), sockets.closed);
    assertEquals(Set.of("good"), subscribers.cursors(RUN).keySet());
    assertEquals(new FanOut.Result(20, 1), sent);
    assertEquals(2, sockets.attempts.get(), "no retry after a refusal");
  }

  @Test
  void closesReaderThatAcceptsNothing() {
    keepLeases();
    createRun(20);
    reader("stuck", 1);
    reader("good", 1);
    sockets.answers.put("stuck", ConnectionSender.Result.LATER);
    sockets.beforeSend = () -> clock.advance(Delivery.SEND_TIMEOUT.dividedBy(8));
    serve(farDeadline());
    assertEquals(range(1, 20), sockets.seqs("good"));
    assertEquals(Set.of("stuck"), sockets.closed);
    assertEquals(1, broker.counters().streamsDropped());
    assertFalse(redis.leased(RUN));
  }

  @Test
  void closesReaderOfUnreadableArchive() {
    keepLeases();
    createRun(20);
    finalizeRun();
    broker.drop(RUN);
    reader("a", 1);
    network.before(Call.ARCHIVE_EVENTS, _ -> clock.advance(Delivery.SEND_TIMEOUT.dividedBy(8)));
    network.cut(Call.ARCHIVE_EVENTS);
    serve(farDeadline());
    assertEquals(Set.of("a"), sockets.closed);
    assertEquals(Map.of(), subscribers.cursors(RUN));
  }

  @Test
  void deliversToFastReadersDespiteSlowReaders() {
    createRun(20);
    for (int i = 0; i < 200; i++) {
      reader("slow-" + i, 1);
      sockets.answers.put("slow-" + i, ConnectionSender.Result.LATER);
    }
    reader("quick", 1);
    // Before the slow readers are dropped and after the fast one has everything.
    Instant deadline = START.plus(Delivery.SEND_TIMEOUT.dividedBy(2));
    sockets.beforeSend =
        () -> {
          if (sockets.attempts.get() > 600) {
            clock.advance(Duration.ofSeconds(1));
          }
        };
    serve(deadline);
    assertEquals(range(1, 20), sockets.seqs("quick"));
    assertEquals(Set.of(), sockets.closed);
    assertEquals(List.of(RUN), List.copyOf(woken), "hands over");
    assertFalse(redis.leased(RUN));
  }

  @Test
  void sendsClosedOnceWhenTheSubscriptionCannotBeDeleted() {
    createRun(3);
    reader("a", 4);
    finalizeRun();
    network.cut(Call.CONNECTIONS_UNSUBSCRIBED);
    serve(farDeadline());
    assertEquals(List.of("closed"), sockets.types("a"));
    assertEquals(
        Set.of("a"), sockets.closed, "a late delete of the subscription could remove a new one");
  }

  @Test
  void reportsAndCountsOverflowOnce() {
    startRedis(clock, 11);
    createRun(20);
    reader("a", 3);
    FanOut.Result sent = serve(farDeadline());
    assertEquals(List.of("overflow"), sockets.types("a"));
    assertEquals(10, sockets.received.get("a").peek().path("available_from").asLong());
    assertEquals(new FanOut.Result(0, 1), sent);
    assertEquals(Set.of(), connections.subscriptions("a"));
  }

  @Test
  void keepsASubscriptionMadeRightAfterTheClosedMessage() {
    createRun(20);
    finalizeRun();
    List<String> subscribed = new ArrayList<>();
    network.before(Call.CONNECTIONS_SUBSCRIBED, subscribed::add);
    network.before(
        Call.CONNECTIONS_UNSUBSCRIBED, once(connectionId -> subscribers.put(RUN, connectionId, 5)));
    reader("a", 21);
    serve(farDeadline());
    assertEquals(List.of("closed", "events", "closed"), sockets.types("a"));
    assertEquals(List.of("a", "a"), subscribed);
    assertEquals(Set.of(), connections.subscriptions("a"));
  }
}
