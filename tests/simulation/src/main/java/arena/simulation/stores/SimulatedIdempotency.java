package arena.simulation.stores;

import arena.error.Dependency;
import arena.idempotency.Idempotency;
import arena.idempotency.KeyReused;
import arena.run.RunId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The table of idempotent requests. */
public final class SimulatedIdempotency implements Idempotency {
  private final Map<String, Item> items = new LinkedHashMap<>();
  private final InstantSource clock;
  private final Network network;

  public SimulatedIdempotency(InstantSource clock, Network network) {
    this.clock = clock;
    this.network = network;
  }

  /** A request's item and its expiry. */
  private record Item(String bodyDigest, RunId runId, Optional<String> answer, Instant expiresAt) {}

  private <T> T call(Call call, String request, Supplier<T> effect) {
    return network.call(
        call,
        request,
        () -> {
          synchronized (this) {
            return effect.get();
          }
        },
        message -> Dependency.IDEMPOTENCY.unavailable(message, null));
  }

  @Override
  public Registration register(String request, String bodyDigest, RunId runId) {
    Instant now = clock.instant();
    return call(
        Call.IDEMPOTENCY_NOTE,
        request,
        () -> {
          Item known = items.get(request);
          if (known == null || !now.isBefore(known.expiresAt)) {
            items.put(request, new Item(bodyDigest, runId, Optional.empty(), now.plus(RETENTION)));
            return new Registration(runId, Optional.empty());
          }
          if (!known.bodyDigest.equals(bodyDigest)) {
            throw new KeyReused();
          }
          return new Registration(known.runId, known.answer);
        });
  }

  @Override
  public RunId replaceRunId(String request, RunId runId, RunId otherId) {
    return call(
        Call.IDEMPOTENCY_RENEW,
        request,
        () -> {
          Item known = requireKnown(request);
          if (!known.runId.equals(runId)) {
            return known.runId;
          }
          items.put(request, new Item(known.bodyDigest, otherId, known.answer, known.expiresAt));
          return otherId;
        });
  }

  @Override
  public String recordResponse(String request, String answer) {
    return call(
        Call.IDEMPOTENCY_ANSWERED,
        request,
        () -> {
          Item known = requireKnown(request);
          String kept = known.answer.orElse(answer);
          items.put(
              request, new Item(known.bodyDigest, known.runId, Optional.of(kept), known.expiresAt));
          return kept;
        });
  }

  private Item requireKnown(String request) {
    Item known = items.get(request);
    if (known == null) {
      throw new IllegalStateException("request %s was not noted".formatted(request));
    }
    return known;
  }
}
