package arena.simulation.cloud;

import java.nio.file.Path;

/** The definitions of the state machines. */
public record Definitions(ReplayDefinition replay, CompareDefinition compare) {

  /** Reads them under the project's root. */
  public static Definitions read(Path root) {
    return new Definitions(ReplayDefinition.read(root), CompareDefinition.read(root));
  }
}
