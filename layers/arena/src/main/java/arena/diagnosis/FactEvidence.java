package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.codec.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Facts as evidence, in the words that every finding has for them. */
final class FactEvidence {
  private FactEvidence() {}

  static Evidence execution(Facts facts) {
    return Evidence.of(
        "execution",
        switch (facts.execution()) {
          case ProbeResult.Silence<?>(String why) -> why;
          case ProbeResult.NotAsked<?> _ -> "not asked";
          case ProbeResult.Fact<Optional<ExecutionState>>(Optional<ExecutionState> found) ->
              found
                  .map(
                      execution ->
                          "%s, %s, attempt %d"
                              .formatted(
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
          case ProbeResult.Silence<?>(String why) -> why;
          case ProbeResult.NotAsked<?> _ -> "not asked";
          case ProbeResult.Fact<BrokerSnapshot>(BrokerSnapshot look) ->
              look.open() || look.length() > 0 ? "has keys of it" : "has nothing of it";
        });
  }

  static Evidence connections(BrokerSnapshot look) {
    return Evidence.of(
        "broker.connections",
        "%s of %s"
            .formatted(
                look.connected().map(String::valueOf).orElse("?"),
                look.maxConnected().map(String::valueOf).orElse("?")));
  }

  static List<Evidence> readers(BrokerSnapshot look) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.readers", look.readers()));
    look.mostLaggingReaders().stream()
        .limit(3)
        .forEach(
            reader ->
                evidence.add(
                    Evidence.of(
                        "reader." + reader.connectionId(),
                        "next_seq %d, %d behind".formatted(reader.nextSeq(), look.lag(reader)))));
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
    facts.cache().silence().ifPresent(why -> evidence.add(Evidence.of("elasticache", why)));
    return evidence;
  }

  static String seconds(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }
}
