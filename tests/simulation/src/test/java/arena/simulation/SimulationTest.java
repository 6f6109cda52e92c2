package arena.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import arena.simulation.cloud.ReplayDefinition;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** A fixed set of seeds, in which every promise is kept. */
final class SimulationTest {
  private static final ReplayDefinition DEFINITION = ReplayDefinition.read(Path.of("../.."));
  private static final long SEEDS = 2_000;

  @Test
  void everyPromiseIsKept() throws Throwable {
    for (long seed = 1; seed <= SEEDS; seed++) {
      try {
        new Simulation(DEFINITION, seed, null).run();
      } catch (Throwable e) {
        throw new AssertionError(
            String.format(
                Locale.ROOT, "%s; its steps: ./arena simulate --seed %d", e.getMessage(), seed),
            e);
      }
    }
  }

  @Test
  void aSeedDecidesOnEveryStep() throws Throwable {
    for (long seed = 1; seed <= 20; seed++) {
      long once = new Simulation(DEFINITION, seed, null).run().sum();
      assertEquals(once, new Simulation(DEFINITION, seed, null).run().sum(), "seed " + seed);
      assertNotEquals(once, new Simulation(DEFINITION, seed + 1, null).run().sum());
    }
  }
}
