package arena.contract;

import arena.idempotency.Idempotency;
import arena.simulation.stores.SimulatedIdempotency;
import arena.simulation.stores.Wire;
import java.time.Instant;

class SimulatedIdempotencyTest extends IdempotencyContract {
  private volatile Instant time = NOW;
  private final Idempotency idempotency = new SimulatedIdempotency(() -> time, Wire.DIRECT);

  @Override
  Idempotency idempotency(Instant now) {
    time = now;
    return idempotency;
  }
}
