package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;

import arena.broker.BrokerSnapshot;
import arena.run.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules for running runs whose broker is full, does not answer, or has lost events. */
final class BrokerRules {
  /** Part of Redis's error message when its connection limit is reached. */
  private static final String EXHAUSTED = "max number of clients reached";

  /** Share of the connection limit that counts as exhausted; a task needs several connections. */
  private static final double EXHAUSTED_SHARE = 0.98;

  private BrokerRules() {}

  static Optional<Finding> connectionsExhausted(Facts facts) {
    Optional<String> refused = facts.broker().failure().filter(why -> why.contains(EXHAUSTED));
    Optional<BrokerSnapshot> full = facts.broker().known().filter(BrokerRules::isFull);
    if (facts.running().isEmpty() || (refused.isEmpty() && full.isEmpty())) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    refused.ifPresent(why -> evidence.add(Evidence.of("broker.error", why)));
    facts.broker().known().ifPresent(snapshot -> evidence.add(FactEvidence.connections(snapshot)));
    evidence.add(FactEvidence.execution(facts));
    return Optional.of(
        new Finding(
            Cause.CONNECTIONS_EXHAUSTED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            refused.isPresent() ? CERTAIN : LIKELY,
            "The broker's connection limit is reached. The run continues; its readers get the events later.",
            evidence));
  }

  private static boolean isFull(BrokerSnapshot snapshot) {
    return snapshot.connected().isPresent()
        && snapshot.maxConnected().isPresent()
        && snapshot.connected().get() >= snapshot.maxConnected().get() * EXHAUSTED_SHARE;
  }

  static Optional<Finding> brokerUnreachable(Facts facts) {
    Optional<String> why = facts.broker().failure();
    if (facts.running().isEmpty() || why.isEmpty() || why.get().contains(EXHAUSTED)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker", why.get()));
    evidence.addAll(FactEvidence.cache(facts));
    evidence.add(FactEvidence.execution(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_UNREACHABLE,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "The broker does not answer. The run continues without it; its readers get the events later.",
            evidence));
  }

  static Optional<Finding> brokerLostData(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<BrokerSnapshot> snapshot = facts.broker().known();
    if (run.isEmpty() || snapshot.isEmpty() || snapshot.get().closed()) {
      return Optional.empty();
    }
    BrokerSnapshot found = snapshot.get();
    boolean fresh =
        facts.silentSince().stream()
            .noneMatch(at -> facts.isOlderThan(at, StallThresholds.PUBLISH));
    // a run is opened in the broker before its execution starts
    boolean noSentinel = !found.open() && facts.existingExecution().isPresent();
    // recent writes may not be published yet
    boolean behind = found.lastSeq() < facts.lastWrittenSeq() && !fresh;
    boolean hole = found.length() > 0 && found.newestSeq().orElse(0L) != found.lastSeq();
    boolean emptied = found.length() == 0 && found.lastSeq() > 0;
    if (!(noSentinel || behind || hole || emptied || found.lossNoted())) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.sentinel", found.open() ? "exists" : "none"));
    evidence.add(Evidence.of("broker.last_seq", found.lastSeq()));
    evidence.add(Evidence.of("broker.length", found.length()));
    evidence.add(Evidence.of("journal.last_seq", facts.lastWrittenSeq()));
    evidence.add(Evidence.of("broker.loss_noted", found.lossNoted()));
    evidence.addAll(FactEvidence.cache(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_LOST_DATA,
            Symptom.STREAMING_WITHOUT_GROWTH,
            noSentinel || emptied || found.lossNoted() ? CERTAIN : LIKELY,
            "The broker has fewer events of the run than the journal: it was restarted or failed over, or keys were deleted; the next turn refills it.",
            evidence));
  }
}
