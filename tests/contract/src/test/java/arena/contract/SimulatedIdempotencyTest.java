package arena.contract;

import arena.idempotency.Idempotency;
import arena.simulation.stores.Network;
import arena.simulation.stores.SimulatedIdempotency;
import java.time.Instant;

class SimulatedIdempotencyTest extends IdempotencyContract {
  private volatile Instant time = NOW;
  private final Idempotency idempotency = new SimulatedIdempotency(() -> time, Network.DIRECT);

  @Override
  Idempotency idempotency(Instant now) {
    time = now;
    return idempotency;
  }
}
