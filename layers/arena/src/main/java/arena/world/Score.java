package arena.world;

import java.util.Comparator;

/**
 * The score of a final state, ordered by age, then population, then economy.
 *
 * @param ageIndex {@link Age#rank()} of the age
 * @param economy food + wood
 */
public record Score(int ageIndex, int population, double economy) implements Comparable<Score> {
  private static final Comparator<Score> ORDER =
      Comparator.comparingInt(Score::ageIndex)
          .thenComparingInt(Score::population)
          .thenComparingDouble(Score::economy);

  public static Score of(World world) {
    return new Score(world.age().rank(), world.population(), world.food() + world.wood());
  }

  @Override
  public int compareTo(Score other) {
    return ORDER.compare(this, other);
  }
}
