package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.codec.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Formats facts as evidence. */
final class FactEvidence {
  private FactEvidence() {}

  static Evidence execution(Facts facts) {
    return Evidence.of(
        "execution",
        switch (facts.execution()) {
          case ProbeResult.Failed<?>(String reason) -> reason;
          case ProbeResult.Skipped<?> _ -> "not queried";
          case ProbeResult.Known<Optional<ExecutionState>>(Optional<ExecutionState> found) ->
              found
                  .map(
                      execution ->
                          String.format(
                              Locale.ROOT,
                              "%s, %s, attempt %d",
                              execution.status(),
                              execution.state()
                                  + (execution.turn().isPresent()
                                      ? " t=" + execution.turn().getAsInt()
                                      : ""),
                              Math.max(1, execution.attempts())))
                  .orElse("none");
        });
  }

  static Evidence broker(Facts facts) {
    return Evidence.of(
        "broker",
        switch (facts.broker()) {
          case ProbeResult.Failed<?>(String reason) -> reason;
          case ProbeResult.Skipped<?> _ -> "not queried";
          case ProbeResult.Known<BrokerSnapshot>(BrokerSnapshot snapshot) ->
              snapshot.open() || snapshot.length() > 0
                  ? "has keys of the run"
                  : "has no keys of the run";
        });
  }

  static Evidence connections(BrokerSnapshot snapshot) {
    return Evidence.of(
        "broker.connections",
        "%s of %s"
            .formatted(
                snapshot.connected().map(String::valueOf).orElse("?"),
                snapshot.maxConnected().map(String::valueOf).orElse("?")));
  }

  static List<Evidence> readers(BrokerSnapshot snapshot) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.readers", snapshot.readers()));
    snapshot.mostLaggingReaders().stream()
        .limit(3)
        .forEach(
            reader ->
                evidence.add(
                    Evidence.of(
                        "reader." + reader.connectionId().shortened(),
                        String.format(
                            Locale.ROOT,
                            "next_seq %d, lag %d",
                            reader.nextSeq(),
                            snapshot.lag(reader)))));
    return evidence;
  }

  static List<Evidence> cache(Facts facts) {
    List<Evidence> evidence = new ArrayList<>();
    facts
        .cache()
        .known()
        .ifPresent(
            cache -> {
              evidence.add(Evidence.of("elasticache.status", cache.status()));
              cache.events().stream()
                  .limit(2)
                  .forEach(
                      event ->
                          evidence.add(
                              Evidence.of(
                                  "elasticache.event",
                                  Timestamps.write(event.at()) + " " + event.message())));
            });
    facts.cache().failure().ifPresent(why -> evidence.add(Evidence.of("elasticache", why)));
    return evidence;
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
