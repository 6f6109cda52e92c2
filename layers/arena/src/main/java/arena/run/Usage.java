package arena.run;

/**
 * What the calls of a model used. A count that the service did not report is 0.
 *
 * @param tokensIn tokens of the prompt, cached ones included
 * @param tokensOut tokens of the answer, thinking included
 * @param tokensCached tokens of the prompt that the service read from its cache
 * @param modelMs time from the call to its answer in milliseconds, retried calls included
 */
public record Usage(long tokensIn, long tokensOut, long tokensCached, long modelMs) {
  /** Most tokens, and most milliseconds, of one turn: a service's number may be anything. */
  public static final long MAX = 1_000_000_000L;

  /** No call. */
  public static final Usage NONE = new Usage(0, 0, 0, 0);

  public Usage {
    if (tokensIn < 0 || tokensOut < 0 || tokensCached < 0 || modelMs < 0) {
      throw new IllegalArgumentException("usage must not be negative");
    }
  }
}
