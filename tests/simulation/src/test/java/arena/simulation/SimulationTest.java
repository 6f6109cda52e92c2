package arena.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import arena.simulation.cloud.Definitions;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Runs the simulation for a fixed set of seeds. */
final class SimulationTest {
  private static final Definitions DEFINITIONS = Definitions.read(Path.of("../.."));
  private static final long SEEDS = 2_000;

  @Test
  void everyInvariantHolds() throws Throwable {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Simulation(DEFINITIONS, seed, null).run();
      } catch (Throwable e) {
        throw new AssertionError(
            String.format(
                Locale.ROOT, "%s; repeat with: ./arena simulate --seed %d", e.getMessage(), seed),
            e);
      }
    }
  }

  @Test
  void seedDeterminesEveryStep() throws Throwable {
    for (long seed = 1; seed <= 20; seed++) {
      long checksum = new Simulation(DEFINITIONS, seed, null).run().checksum();
      assertEquals(
          checksum, new Simulation(DEFINITIONS, seed, null).run().checksum(), "seed " + seed);
      assertNotEquals(checksum, new Simulation(DEFINITIONS, seed + 1, null).run().checksum());
    }
  }
}
