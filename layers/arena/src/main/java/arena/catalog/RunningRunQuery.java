package arena.catalog;

import arena.run.Run;
import java.util.List;

/** The runs that play now. */
@FunctionalInterface
public interface RunningRunQuery {
  /**
   * Running runs, oldest first.
   *
   * @param limit most rows returned, from 1 to 1,000
   */
  List<Run> running(int limit);
}
