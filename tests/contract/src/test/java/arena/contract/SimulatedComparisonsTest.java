package arena.contract;

import arena.comparison.Comparisons;
import arena.simulation.stores.Network;
import arena.simulation.stores.SimulatedComparisons;

class SimulatedComparisonsTest extends ComparisonsContract {
  private final SimulatedComparisons comparisons = new SimulatedComparisons(Network.DIRECT);

  @Override
  Comparisons comparisons() {
    return comparisons;
  }
}
