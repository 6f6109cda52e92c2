package arena.catalog;

import arena.run.Run;
import java.util.List;

/** Lists running runs. */
@FunctionalInterface
public interface RunningRunQuery {
  /**
   * Lists running runs, oldest first.
   *
   * @param limit maximum number of runs, from 1 to 1,000
   */
  List<Run> running(int limit);
}
