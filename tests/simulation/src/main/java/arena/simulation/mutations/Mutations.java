package arena.simulation.mutations;

import java.util.List;

/** The mutations: lines whose loss must be detected. */
public final class Mutations {
  private static final String SCRIPTS = "resources/arena/broker/";

  private Mutations() {}

  public static final List<Mutation> ALL =
      List.of(
          // ---- lifecycle order, checked by the simulation
          Mutation.simulated(
              "close-before-archive",
              "A run is closed although it is not archived.",
              "lifecycle/CloseRun",
              "if (!run.archived()) {",
              "if (false) {"),
          Mutation.simulated(
              "no-fence-before-archive",
              "A failed run is archived while a turn may still write to it.",
              "lifecycle/FinalizeRun",
              "failure.ifPresent(why -> catalog.fail(runId, why, clock.instant()));",
              ""),
          Mutation.simulated(
              "closed-before-last-event",
              "A reader is notified of the run's end before it has every event.",
              "stream/EventBatches",
              "if (now.ended() && seq > now.run().nEvents()) {",
              "if (now.ended()) {"),
          Mutation.simulated(
              "no-wake-up-on-close",
              "The fan-out is not invoked when a run is closed.",
              "lifecycle/CloseRun",
              "fanOutInvoker.wake(runId);",
              ""),
          Mutation.simulated(
              "outage-not-remembered",
              "Subscriptions made during an outage are not looked for after it.",
              "lifecycle/Publisher",
              "subscribers.markLoss(runId);",
              ""),
          Mutation.simulated(
              "publish-before-journal",
              "The broker has a turn's events before the journal has them.",
              "lifecycle/PlayTurn",
              "JournalEntry entry = create.get();",
              "JournalEntry entry = create.get(); publisher.publish(task.runId(), entry.events(), false);"),
          Mutation.simulated(
              "turn-played-again",
              "A turn is played again although an earlier attempt has played it.",
              "lifecycle/PlayTurn",
              "if (entry.position() == position) {",
              "if (entry.position() == position && position < 0) {"),
          Mutation.simulated(
              "own-entry-after-lost-race",
              "An attempt that loses the race for an entry publishes its own entry instead of the written one.",
              "lifecycle/PlayTurn",
              "return journal.entries(task.runId(), position, 1).getFirst();",
              "return entry;"),
          Mutation.simulated(
              "model-called-in-its-wait",
              "A turn calls its model before the time is over that the model's service asked to wait.",
              "lifecycle/ModelWaits",
              ".filter(now::isBefore)",
              ".filter(_ -> false)"),
          Mutation.simulated(
              "refill-skipped",
              "A broker that lost a run is reopened but not refilled from the journal.",
              "lifecycle/Publisher",
              "while (next <= last) {",
              "while (next > last + 1) {"),
          Mutation.simulated(
              "freed-unarchived",
              "The reaper frees a run that is not archived.",
              "lifecycle/ReapRuns",
              "pass.free(due.stream().filter(one -> one.run().archived()).toList());",
              "pass.free(due.stream().filter(one -> one.run().status().ended()).toList());"),
          Mutation.tested(
              "runs-use-all-time",
              "Many runs leave the reaper no time for orphans and connections.",
              "lifecycle/Reaper",
              "runs.reap(held, runsUntil)",
              "runs.reap(held, deadline)",
              "lifecycle.ReaperTest"),
          Mutation.tested(
              "freed-before-readers-know-the-end",
              "The reaper frees a run whose readers were not notified of its end.",
              "lifecycle/ReapRuns",
              "} else if (keys.readers() || (recent.contains(one.runId()) && isSubscribed(one))) {",
              "} else if (keys.readers() && one.run() == null) {",
              "lifecycle.ReapRunsTest"),
          Mutation.tested(
              "expiry-not-postponed",
              "The journal of a run that cannot be archived expires.",
              "lifecycle/ReapRuns",
              "journal.postponeExpiry(one.runId());",
              "",
              "lifecycle.ReapRunsTest"),
          Mutation.simulated(
              "abandoned-despite-progress",
              "The reaper abandons a run that has made progress.",
              "lifecycle/ReapRuns",
              "if (!catalog.abandon(run.runId(), run.nEvents(), failure, clock.instant())) {",
              "if (!catalog.fail(run.runId(), failure, clock.instant())) {"),
          Mutation.simulated(
              "freed-within-grace-period",
              "The reaper does not wait for the grace period.",
              "lifecycle/ReapRuns",
              "!one.since().plus(grace).isAfter(now)",
              "!one.since().isAfter(now)"),
          Mutation.simulated(
              "failed-although-playing",
              "A run whose start got no response is failed although it plays.",
              "lifecycle/StartRun",
              "return catalog.abandon(run.runId(), run.nEvents(), failure, clock.instant());",
              "return catalog.fail(run.runId(), failure, clock.instant());"),
          Mutation.simulated(
              "another-run-on-retry",
              "A repeated request with the same key creates another run.",
              "http/IdempotentRequests",
              "response = action.apply(registration.runId());",
              "response = action.apply(ids.get());"),
          Mutation.simulated(
              "different-body-accepted",
              "A key with a different body is accepted as the same request.",
              "http/IdempotentRequests",
              "digest(body), ids.get()",
              "digest(identity), ids.get()"),
          Mutation.simulated(
              "own-answer-after-lost-race",
              "Two concurrent attempts return their own responses instead of the stored one.",
              "http/IdempotentRequests",
              "return Response.ofText(ACCEPTED, recorded);",
              "return response.body().equals(recorded) ? Response.ofText(ACCEPTED, recorded) : response;"),

          // ---- readers
          Mutation.simulated(
              "cursor-before-send",
              "A reader's cursor is advanced before the events are sent.",
              "stream/Delivery",
              "return switch (sender.send(connectionId, message)) {",
              "Step moved = delivered.run(); return switch (sender.send(connectionId, message)) {"),
          Mutation.simulated(
              "deliveries-counted-again",
              "Deliveries whose count had an unknown outcome are counted again.",
              "stream/DeliveryCounter",
              "return unconfirmed;",
              "unconfirmed = null;"),
          Mutation.tested(
              "lease-released-unchecked",
              "A fan-out releases its lease without a check for new work.",
              "stream/FanOut",
              "if (lease.release(ended())) {",
              "lease.abandon(); if (look != null) {",
              "stream.FanOutLeaseTest"),
          Mutation.tested(
              "throttled-fan-out-keeps-its-place",
              "A fan-out that was throttled does not hand over before its deadline.",
              "stream/FanOut",
              "throttled ? clock.instant().plus(THROTTLED_SHARE) : task.deadline();",
              "task.deadline();",
              "stream.FanOutTest"),
          Mutation.simulated(
              "lost-readers-not-disconnected",
              "Readers whose cursors the broker lost are not disconnected.",
              "stream/LostReaders",
              "return readers.close(connectionId);",
              "return true;"),
          Mutation.tested(
              "new-subscription-removed",
              "The end of a subscription removes a later one.",
              "stream/RunReaders",
              "if (mayHaveCursor(connectionId)) {",
              "if (connectionId == null) {",
              "stream.FanOutTest"),
          Mutation.simulated(
              "unclosed-connection-deleted",
              "A connection that could not be closed is deleted.",
              "stream/RunReaders",
              "if (closed) {",
              "if (connectionId != null) {"),
          Mutation.simulated(
              "no-wake-up-on-subscribe",
              "The fan-out is not invoked when a reader subscribes.",
              "stream/Subscriptions",
              "fanOutInvoker.wake(runId);",
              ""),
          Mutation.tested(
              "pending-adopted-twice",
              "A pending subscription is adopted without its mark being cleared.",
              "stream/RunReaders",
              "if (from.isEmpty()) {",
              "connections.subscribePending(runId, connectionId, 1); if (from.isEmpty()) {",
              "stream.FanOutLossTest"),
          Mutation.tested(
              "put-to-unavailable-broker",
              "A cursor is sent to a broker that does not accept writes.",
              "stream/Subscriptions",
              "if (!subscribers.available()) {",
              "if (connectionId == null) {",
              "stream.SubscriptionsTest"),
          Mutation.tested(
              "pending-not-adopted",
              "Pending subscriptions are not looked for after a wake-up for them.",
              "stream/FanOut",
              "if (task.pending()) {",
              "if (task.runId() == null) {",
              "stream.FanOutLossTest"),
          Mutation.tested(
              "lost-buffer-reported-as-overflow",
              "Events that the broker lost are not read from the journal.",
              "stream/EventBatches",
              "envelopes = stores.source().journaled(now.run(), from, READ_EVENTS, READ_BYTES);",
              "",
              "stream.FanOutTest"),
          Mutation.tested(
              "sent-again-when-not-recorded",
              "A message is sent again because recording it failed.",
              "stream/Delivery",
              "unrecorded = record; // not sent again",
              "",
              "stream.FanOutTest"),

          // ---- real stores, checked by the contract tests
          Mutation.ofStore(
              "entry-overwritten",
              "The journal overwrites an existing entry.",
              "java/arena/journal/DynamoJournal.java",
              ".item(item)\n                    .conditionExpression(\"attribute_not_exists(run_id)\")",
              ".item(item)",
              "DynamoJournalTest"),
          Mutation.ofStore(
              "first-entry-postponed-first",
              "An interrupted postponement of a run's expiry is taken for a complete one.",
              "java/arena/journal/DynamoJournal.java",
              ".scanIndexForward(false)\n                .projectionExpression(\"#position\")",
              ".projectionExpression(\"#position\")",
              "DynamoJournalTest"),
          Mutation.ofStore(
              "fenced-writer-writes",
              "The journal accepts entries of an ended run.",
              "java/arena/journal/DynamoJournal.java",
              "\"#status = :running AND #n_events = :before\"",
              "\"(#status = :running OR attribute_exists(#status)) AND #n_events = :before\"",
              "DynamoJournalTest"),
          Mutation.ofStore(
              "abandon-without-condition",
              "The catalog abandons a run that has made progress.",
              "java/arena/catalog/RowUpdates.java",
              "\"#status = :running AND #n_events = :n_events\"",
              "\"#status = :running AND (#n_events = :n_events OR attribute_exists(#n_events))\"",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "ended-run-fails-again",
              "The catalog fails a complete run.",
              "java/arena/catalog/RowUpdates.java",
              "return fail(runId, failure, at, \"#status = :running\", Map.of(), Map.of());",
              "return fail(runId, failure, at, \"#status = :running OR attribute_exists(#status)\", Map.of(), Map.of());",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "gap-accepted",
              "The broker accepts events that do not follow its last one.",
              SCRIPTS + "publish.lua",
              "if not before or first > before + 1 then",
              "if not before then",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "published-to-closed-run",
              "The broker accepts events of a run that is not open.",
              SCRIPTS + "publish.lua",
              "if redis.call('EXISTS', KEYS[1]) == 0 then",
              "if false then",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "counted-twice",
              "Repeated deliveries are counted again.",
              "java/arena/catalog/DynamoCatalog.java",
              "deliveries.id(),",
              "java.util.UUID.randomUUID().toString(),",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "end-not-counted",
              "A run that ended still counts as running.",
              "java/arena/catalog/RowUpdates.java",
              "CounterItems.endRun(table, runId)",
              "CounterItems.addEvents(table, runId, 0)",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "event-not-counted",
              "An event in the journal is not counted.",
              "java/arena/journal/DynamoJournal.java",
              "CounterItems.addEvents(catalogTable, entry.runId(), entry.events().size())",
              "CounterItems.addEvents(catalogTable, entry.runId(), 0)",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "contradiction-ignored",
              "The broker accepts events although its keys contradict each other.",
              SCRIPTS + "common.lua",
              "if last ~= newest or length < math.min(last - first, limit) then",
              "if false then",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "restored-with-gap",
              "A broker that lost events is reopened with a gap.",
              SCRIPTS + "restore.lua",
              "redis.call('UNLINK', KEYS[3], KEYS[4])",
              "",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "fence-not-compared",
              "A fan-out without the lease advances cursors.",
              SCRIPTS + "advance.lua",
              "redis.call('GET', KEYS[1]) ~= ARGV[1] or ",
              "",
              "RedisSubscribersTest"),
          Mutation.ofStore(
              "earlier-life-trusted",
              "Cursors that a restored server brings back are used.",
              SCRIPTS + "common.lua",
              "if stamp ~= life and (stamp or redis.call('EXISTS', subscribers_key) == 1) then",
              "if false then",
              "RedisSubscribersTest"),
          Mutation.ofStore(
              "adopted-without-lease",
              "A fan-out without the lease adopts a pending subscription.",
              SCRIPTS + "adopt.lua",
              "if redis.call('GET', KEYS[3]) ~= ARGV[1] then",
              "if false then",
              "RedisSubscribersTest"),
          Mutation.ofStore(
              "pending-subscription-ended",
              "The end of a stream removes a later pending subscription.",
              "java/arena/stream/DynamoConnections.java",
              "attribute_exists(connection_id) AND attribute_not_exists(pending_from)",
              "attribute_exists(connection_id)",
              "DynamoConnectionsTest"),
          Mutation.ofStore(
              "release-unchecked",
              "A lease is released although a cursor is behind.",
              SCRIPTS + "release.lua",
              "if redis.call('ZCOUNT', KEYS[2], '-inf', highest) > 0 then",
              "if false then",
              "RedisSubscribersTest"),
          Mutation.ofStore(
              "key-used-twice",
              "Two requests with the same key each create a run.",
              "java/arena/idempotency/DynamoIdempotency.java",
              "\"attribute_not_exists(#request) OR #expires_at <= :now\"",
              "\"attribute_not_exists(#request) OR #expires_at >= :now\"",
              "DynamoIdempotencyTest"));
}
