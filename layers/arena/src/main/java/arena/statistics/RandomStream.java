package arena.statistics;

/**
 * A reproducible stream of random numbers: SplitMix64 (Steele, Lea, Flood: Fast splittable
 * pseudorandom number generators, OOPSLA 2014). The same seed gives the same numbers in every
 * release, which {@link java.util.SplittableRandom} does not promise. Not thread-safe.
 */
public final class RandomStream {
  private static final long GAMMA = 0x9e3779b97f4a7c15L;

  private long state;

  private RandomStream(long state) {
    this.state = state;
  }

  /** Creates a stream. */
  public static RandomStream of(long seed) {
    return new RandomStream(seed);
  }

  /**
   * Creates the stream of a purpose, such as the name of an arm, so that the numbers drawn for one
   * purpose do not depend on which others there are.
   */
  public static RandomStream of(long seed, String purpose) {
    long state = seed;
    for (int i = 0; i < purpose.length(); i++) {
      state = mix(state + GAMMA) ^ purpose.charAt(i);
    }
    return new RandomStream(mix(state + GAMMA));
  }

  /** Returns the next 64 random bits. */
  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /**
   * Returns an integer from 0 to {@code bound} - 1, by the high half of a product (Lemire: Fast
   * random integer generation in an interval, 2019). Its bias is below {@code bound} / 2^64.
   */
  public int nextInt(int bound) {
    return (int) Math.unsignedMultiplyHigh(nextLong(), bound);
  }

  /** Returns a number from 0 to 1, exclusive, with 53 random bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
