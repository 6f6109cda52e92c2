package arena.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether the tokens of known callers are still valid, cached for {@link #MAX_AGE}. Together with
 * the 30 s that API Gateway caches an authorizer's answer, a revocation takes effect within a
 * minute. Thread-safe.
 */
public final class ActiveTokens {
  /** How long an answer of the store is used. */
  public static final Duration MAX_AGE = Duration.ofSeconds(20);

  /** Maximum number of cached answers. */
  private static final int MAX_CACHED = 10_000;

  private final AccessStore store;
  private final InstantSource clock;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  private record Answer(boolean valid, Instant at) {}

  public ActiveTokens(AccessStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Whether a caller's token is neither expired nor revoked.
   *
   * @throws arena.error.DependencyUnavailable if the store does not answer
   */
  public boolean isActive(Principal caller) {
    if (caller.equals(Principal.LOCAL)) {
      return true; // without authorization there are no tokens
    }
    Instant now = clock.instant();
    if (!caller.isCurrentAt(now)) {
      return false;
    }
    Answer cached = answers.get(caller.id());
    if (cached != null && now.isBefore(cached.at().plus(MAX_AGE))) {
      return cached.valid();
    }
    boolean valid = store.find(caller.id()).filter(token -> token.isValidAt(now)).isPresent();
    if (answers.size() >= MAX_CACHED) {
      answers.clear();
    }
    answers.put(caller.id(), new Answer(valid, now));
    return valid;
  }
}
