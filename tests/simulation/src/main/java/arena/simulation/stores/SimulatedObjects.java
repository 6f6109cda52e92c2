package arena.simulation.stores;

import arena.comparison.ComparisonArchive;
import arena.error.Dependency;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The objects of the archives' bucket that have the results of comparisons. */
public final class SimulatedObjects implements ComparisonArchive.Objects {
  private final Map<String, String> objects = new HashMap<>();
  private final Network network;

  public SimulatedObjects(Network network) {
    this.network = network;
  }

  @Override
  public void put(String key, String text) {
    network.call(
        Call.COMPARISON_ARCHIVE_PUT,
        key,
        () -> objects.put(key, text),
        message -> Dependency.ARCHIVE.unavailable(message, null));
  }

  /** An object's text, without a call. */
  public Optional<String> find(String key) {
    return Optional.ofNullable(objects.get(key));
  }
}
