package arena.agent;

import arena.run.Usage;

/**
 * The tokens of a model's call, as its service counts them. Counts that are negative or above
 * {@link Usage#MAX} are clamped, because services may report anything.
 *
 * @param input tokens of the prompt, cached ones included
 * @param output tokens of the answer
 * @param cacheRead tokens of the prompt that were read from the service's cache
 * @param cacheWritten tokens of the prompt that were written to it, for which some services charge
 */
record Tokens(long input, long output, long cacheRead, long cacheWritten) {
  /** A call that used nothing, or whose service reports nothing. */
  static final Tokens NONE = new Tokens(0, 0, 0, 0);

  Tokens {
    input = clamped(input);
    output = clamped(output);
    cacheRead = Math.min(clamped(cacheRead), input);
    cacheWritten = Math.min(clamped(cacheWritten), input - cacheRead);
  }

  /** Creates counts of a service that does not count cached tokens among those of the prompt. */
  static Tokens withCacheApart(long uncached, long output, long cacheRead, long cacheWritten) {
    long read = clamped(cacheRead);
    long written = clamped(cacheWritten);
    return new Tokens(clamped(uncached) + read + written, output, read, written);
  }

  /** Tokens of the prompt that cost the full price. */
  long fullPrice() {
    return input - cacheRead - cacheWritten;
  }

  /** What the call used. */
  Usage usage() {
    return new Usage(input, output, cacheRead, 0);
  }

  private static long clamped(long count) {
    return Math.clamp(count, 0L, Usage.MAX);
  }
}
