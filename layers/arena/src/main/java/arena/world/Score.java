package arena.world;

import java.util.Comparator;

/**
 * How far a final state got. Compared by the age, then the population, then food + wood.
 *
 * @param ageIndex rank of the age, from 0
 * @param economy food + wood
 */
public record Score(int ageIndex, int population, double economy) implements Comparable<Score> {
  private static final Comparator<Score> ORDER =
      Comparator.comparingInt(Score::ageIndex)
          .thenComparingInt(Score::population)
          .thenComparingDouble(Score::economy);

  /** The score of this state. */
  public static Score of(World world) {
    return new Score(world.age().rank(), world.population(), world.food() + world.wood());
  }

  @Override
  public int compareTo(Score other) {
    return ORDER.compare(this, other);
  }
}
