package arena.simulation.mutations;

import java.util.List;

/** The lines that everything rests on. */
public final class Mutations {
  private static final String SCRIPTS = "resources/arena/broker/";

  private Mutations() {}

  /** All of them. */
  public static final List<Mutation> ALL =
      List.of(
          // ---- the order of things, which the simulation holds
          Mutation.simulated(
              "close-before-archive",
              "A run is closed before its archive is written.",
              "lifecycle/FinalizeRun",
              "if (!run.archived()) {",
              "broker.close(runId); if (!run.archived()) {"),
          Mutation.simulated(
              "no-fence-before-archive",
              "A failed run is archived while a turn may still write to it.",
              "lifecycle/FinalizeRun",
              "failure.ifPresent(why -> catalog.fail(runId, why, clock.instant()));",
              ""),
          Mutation.simulated(
              "closed-without-the-rest",
              "A reader is told of the run's end before it has every event.",
              "stream/EventBatches",
              "if (from > run.nEvents()) {",
              "if (from > 0) {"),
          Mutation.simulated(
              "no-last-wake-up",
              "Nobody wakes the fan-out when a run is closed.",
              "lifecycle/FinalizeRun",
              "fanOutInvoker.wake(runId);",
              ""),
          Mutation.simulated(
              "publish-before-journal",
              "The broker has a turn's events before the journal has them.",
              "lifecycle/PlayTurn",
              "JournalEntry entry = otherwise.get();",
              "JournalEntry entry = otherwise.get(); publisher.publish(task.runId(), entry.events());"),
          Mutation.simulated(
              "turn-played-again",
              "A turn does not look whether an earlier attempt has played it.",
              "lifecycle/PlayTurn",
              "if (entry.position() == position) {",
              "if (entry.position() == position && position < 0) {"),
          Mutation.simulated(
              "own-entry-after-lost-race",
              "Who loses the race for an entry publishes its own, not the one that is written.",
              "lifecycle/PlayTurn",
              "return journal.entries(task.runId(), position, 1).getFirst();",
              "return entry;"),
          Mutation.simulated(
              "refill-skipped",
              "A broker that lost a run is opened again, but not filled from the journal.",
              "lifecycle/Publisher",
              "while (next <= last) {",
              "while (next > last + 1) {"),
          Mutation.simulated(
              "freed-unarchived",
              "The reaper frees a run without looking whether it is archived.",
              "lifecycle/ReapRuns",
              "if (!run.archived()) {",
              "if (run.nEvents() < 0) {"),
          Mutation.simulated(
              "abandoned-whatever-moves",
              "The reaper abandons a run though it has gone on since.",
              "lifecycle/ReapRuns",
              "if (!catalog.abandon(run.runId(), run.nEvents(), failure, now)) {",
              "if (!catalog.fail(run.runId(), failure, now)) {"),
          Mutation.simulated(
              "freed-at-once",
              "The reaper does not wait for the grace.",
              "lifecycle/ReapRuns",
              "if (since.plus(grace).isAfter(now)) {",
              "if (since.isAfter(now)) {"),
          Mutation.simulated(
              "given-up-though-playing",
              "A run whose start was not answered is given up though it plays.",
              "lifecycle/StartRun",
              "return catalog.abandon(run.runId(), run.nEvents(), failure, clock.instant());",
              "return catalog.fail(run.runId(), failure, clock.instant());"),
          Mutation.simulated(
              "another-run-on-retry",
              "A request that comes again with its key gets a run of its own.",
              "http/IdempotentRequests",
              "response = action.apply(registration.runId());",
              "response = action.apply(ids.get());"),
          Mutation.simulated(
              "another-body-taken",
              "A key that comes with another body is taken for the same request.",
              "http/IdempotentRequests",
              "digest(body), ids.get()",
              "digest(identity), ids.get()"),
          Mutation.simulated(
              "own-answer-after-lost-race",
              "Of two attempts at once each gives its own answer, not the one that is kept.",
              "http/IdempotentRequests",
              "return Response.ofText(ACCEPTED, recorded);",
              "return response.body().equals(recorded) ? Response.ofText(ACCEPTED, recorded) : response;"),

          // ---- readers
          Mutation.simulated(
              "cursor-before-send",
              "A reader's cursor is moved before the events are sent.",
              "stream/FanOut",
              "return switch (gateway.send(connectionId, message)) {",
              "Step noted = delivered.note(); return switch (gateway.send(connectionId, message)) {"),
          Mutation.simulated(
              "lease-let-go-unchecked",
              "A fan-out lets its lease go without looking for work that came meanwhile.",
              "stream/FanOut",
              "if (subscribers.release(runId, fence)) {",
              "subscribers.abandon(runId, fence); if (cursors != null) {"),
          Mutation.simulated(
              "lost-readers-kept-waiting",
              "Readers whose cursors the broker lost are not disconnected.",
              "stream/FanOut",
              "all &= closed(connectionId);",
              ""),
          Mutation.tested(
              "new-subscription-ended-too",
              "The end of a subscription ends the one that came after it.",
              "stream/FanOut",
              "if (mayHaveCursor(connectionId)) {",
              "if (connectionId == null) {",
              "stream.FanOutTest"),
          Mutation.simulated(
              "unclosed-forgotten",
              "A connection that could not be closed is forgotten.",
              "stream/FanOut",
              "if (closed) {",
              "if (connectionId != null) {"),
          Mutation.simulated(
              "no-wake-for-a-new-reader",
              "A reader is not woken for when it subscribes.",
              "stream/Subscriptions",
              "fanOutInvoker.wake(runId);",
              ""),

          // ---- the real stores, which their contracts hold
          Mutation.ofStore(
              "entry-written-over",
              "The journal writes an entry over one that is there.",
              "java/arena/journal/DynamoJournal.java",
              ".item(item)\n                    .conditionExpression(\"attribute_not_exists(run_id)\")",
              ".item(item)",
              "DynamoJournalTest"),
          Mutation.ofStore(
              "fenced-writer-writes",
              "The journal takes entries of a run that has ended.",
              "java/arena/journal/DynamoJournal.java",
              "\"#status = :running AND #n_events = :before\"",
              "\"(#status = :running OR attribute_exists(#status)) AND #n_events = :before\"",
              "DynamoJournalTest"),
          Mutation.ofStore(
              "abandon-without-condition",
              "The catalog abandons a run that has gone on.",
              "java/arena/catalog/DynamoCatalog.java",
              "\"#status = :running AND #n_events = :n_events\"",
              "\"#status = :running AND (#n_events = :n_events OR attribute_exists(#n_events))\"",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "ended-run-fails-again",
              "The catalog fails a run that is complete.",
              "java/arena/catalog/DynamoCatalog.java",
              "return fail(runId, failure, at, \"#status = :running\", Map.of(), Map.of());",
              "return fail(runId, failure, at, \"#status = :running OR attribute_exists(#status)\", Map.of(), Map.of());",
              "DynamoCatalogTest"),
          Mutation.ofStore(
              "gap-taken",
              "The broker takes events that do not follow its last.",
              SCRIPTS + "publish.lua",
              "if first > before + 1 then",
              "if first < 0 then",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "published-to-closed-run",
              "The broker takes events of a run that is not open.",
              SCRIPTS + "publish.lua",
              "if redis.call('EXISTS', KEYS[1]) == 0 then",
              "if false then",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "counted-twice",
              "An event that comes again is counted again.",
              SCRIPTS + "publish.lua",
              "new = last - math.max(counted, before)",
              "new = #ARGV - 2",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "open-run-dropped",
              "The broker drops a run that is open.",
              SCRIPTS + "drop.lua",
              "if redis.call('EXISTS', KEYS[1]) == 1 then",
              "if false then",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "hole-passed-over",
              "A broker that lost a part is opened with the hole in it.",
              SCRIPTS + "restore.lua",
              "redis.call('UNLINK', KEYS[4])",
              "",
              "RedisBrokerTest"),
          Mutation.ofStore(
              "fence-not-compared",
              "Who has lost the lease still moves cursors.",
              SCRIPTS + "advance.lua",
              "redis.call('GET', KEYS[1]) ~= ARGV[1] or ",
              "",
              "RedisSubscribersTest"),
          Mutation.ofStore(
              "release-unchecked",
              "A lease is let go though a cursor is behind.",
              SCRIPTS + "release.lua",
              "if closed or tonumber(cursor) <= last then",
              "if false then",
              "RedisSubscribersTest"),
          Mutation.ofStore(
              "key-used-twice",
              "Two requests with the same key each get a run.",
              "java/arena/idempotency/DynamoIdempotency.java",
              "\"attribute_not_exists(#request) OR #expires_at <= :now\"",
              "\"attribute_not_exists(#request) OR #expires_at >= :now\"",
              "DynamoIdempotencyTest"));
}
