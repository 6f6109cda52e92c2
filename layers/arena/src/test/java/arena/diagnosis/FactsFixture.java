package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.catalog.Counters;
import arena.journal.JournalTail;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.text.Redactor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The facts of a healthy run that waits for its model in turn 1; each can be changed. */
final class FactsFixture {
  static final HttpInterface HTTP = new HttpInterface("http://localhost:8000", false);
  static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  static final Profile PROFILE = new Profile("tested", "openai:tested", 0, PromptVariant.STRATEGY);

  ProbeResult<Optional<Run>> row =
      new ProbeResult.Known<>(Optional.of(run(RunStatus.RUNNING, "", null)));
  ProbeResult<List<JournalTail.EntrySummary>> journal =
      new ProbeResult.Known<>(
          List.of(prompted(1, 8, 3), answered(0, 4, "[{\"type\":\"wait\"}]", "so be it", 4)));
  ProbeResult<BrokerSnapshot> broker = new ProbeResult.Known<>(snapshot(10, 10, true, List.of()));
  ProbeResult<Optional<ExecutionState>> execution =
      new ProbeResult.Known<>(Optional.of(running(1, ExecutionState.Pending.TASK, 3, null)));
  Duration model = Duration.ofSeconds(60);
  ProbeResult<CacheStatus> cache = new ProbeResult.Skipped<>();

  static Run run(RunStatus status, String dbPath, Failure failure) {
    return run(status, dbPath, failure, 10, NOW.minusSeconds(10));
  }

  static Run run(RunStatus status, String dbPath, Failure failure, long nEvents, Instant endedAt) {
    return Run.requested(RUN, "label", PROFILE, null, "balanced", 5, NOW.minusSeconds(60))
        .withProgress(new Run.Progress(nEvents, 1, NOW.minusSeconds(50), NOW.minusSeconds(3)))
        .withOutcome(
            new Run.Outcome(status, status.ended() ? endedAt : null, dbPath, failure, null));
  }

  /** The entry of a turn whose prompt was written that long ago. */
  static JournalTail.EntrySummary prompted(int t, long seq, long secondsAgo) {
    Instant at = NOW.minusSeconds(secondsAgo);
    return new JournalTail.EntrySummary(
        seq,
        List.of(
            new JournalTail.EventSummary(seq, t, "turn_start", at, Optional.empty()),
            new JournalTail.EventSummary(seq + 1, t, "observation", at, Optional.empty()),
            new JournalTail.EventSummary(seq + 2, t, "llm_prompt", at, Optional.empty())),
        false);
  }

  /** The entry of an answered turn. */
  static JournalTail.EntrySummary answered(
      int t, long seq, String actions, String reasoning, long secondsAgo) {
    String json =
        "{\"kind\":\"llm_response\",\"actions\":%s,\"reasoning\":\"%s\",\"cost_usd\":0.0}"
            .formatted(actions, reasoning);
    return new JournalTail.EntrySummary(
        seq,
        List.of(
            new JournalTail.EventSummary(
                seq, t, "llm_response", NOW.minusSeconds(secondsAgo), Optional.of(json))),
        true);
  }

  static BrokerSnapshot snapshot(
      long lastSeq, long length, boolean open, List<BrokerSnapshot.Reader> readers) {
    return new BrokerSnapshot(
        open ? Optional.of("{}") : Optional.empty(),
        open ? Optional.of(Duration.ofHours(5)) : Optional.empty(),
        false,
        lastSeq,
        length,
        length == 0 ? Optional.empty() : Optional.of(lastSeq - length + 1),
        length == 0 ? Optional.empty() : Optional.of(lastSeq),
        false,
        false,
        readers.size(),
        readers,
        Optional.of(9L),
        Optional.of(1_000L));
  }

  static ExecutionState running(
      int t, ExecutionState.Pending pending, long secondsAgo, String error) {
    return state("RUNNING", "PlayTurn", t, pending, secondsAgo, error);
  }

  static ExecutionState state(
      String status,
      String state,
      int t,
      ExecutionState.Pending pending,
      long secondsAgo,
      String error) {
    Instant since = NOW.minusSeconds(secondsAgo);
    String[] parts = error == null ? new String[0] : error.split(": ", 2);
    return new ExecutionState(
        status,
        state,
        since,
        OptionalInt.of(t),
        1,
        pending,
        since,
        pending == ExecutionState.Pending.WAIT
            ? Optional.of(since.plusSeconds(120))
            : Optional.empty(),
        Optional.ofNullable(error)
            .map(
                _ ->
                    new ExecutionState.TaskError(
                        parts[0], parts.length > 1 ? parts[1] : "test", since, state)),
        Optional.empty());
  }

  Facts facts() {
    return new Facts(
        NOW,
        RUN,
        row,
        journal,
        broker,
        Optional.empty(),
        execution,
        new ProbeResult.Known<>(new Counters(10, 0, 0, 1)),
        cache,
        new StallThresholds(model, Duration.ofMinutes(30)));
  }

  Diagnosis diagnosis() {
    return Diagnosis.of(facts(), new CommandTargets(HTTP, "redis-cli", Redactor.OF_FORMATS));
  }
}
