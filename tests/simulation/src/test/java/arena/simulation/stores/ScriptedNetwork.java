package arena.simulation.stores;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A network with faults scripted by the test. Actions receive the subject of the call; the caller
 * gets the exceptions that they throw.
 */
public final class ScriptedNetwork implements Network {
  private final Map<Call, Consumer<String>> before = new ConcurrentHashMap<>();
  private final Map<Call, Consumer<String>> after = new ConcurrentHashMap<>();
  private final Set<Call> cut = ConcurrentHashMap.newKeySet();
  private volatile Duration lag = Duration.ZERO;

  /** Runs an action before each such call reaches its store. */
  public void before(Call call, Consumer<String> action) {
    before.put(call, action);
  }

  /** Runs an action after the effect of each such call, before its response. */
  public void after(Call call, Consumer<String> action) {
    after.put(call, action);
  }

  /** Makes such calls fail as unavailable, without effect, until {@link #restore}. */
  public void cut(Call call) {
    cut.add(call);
  }

  /** Ends {@link #cut}. */
  public void restore(Call call) {
    cut.remove(call);
  }

  /** Sets the index lag for later writes. */
  public void lag(Duration time) {
    lag = time;
  }

  /** Returns an action that runs at the first call only, even if it makes such a call itself. */
  public static Consumer<String> once(Consumer<String> action) {
    AtomicBoolean done = new AtomicBoolean();
    return about -> {
      if (!done.getAndSet(true)) {
        action.accept(about);
      }
    };
  }

  private static void runAction(Map<Call, Consumer<String>> script, Call call, String about) {
    Consumer<String> action = script.get(call);
    if (action != null) {
      action.accept(about);
    }
  }

  @Override
  public <T> T call(
      Call call, String about, Supplier<T> effect, Function<String, RuntimeException> unavailable) {
    runAction(before, call, about);
    if (cut.contains(call)) {
      throw unavailable.apply("no answer");
    }
    T answer = effect.get();
    runAction(after, call, about);
    return answer;
  }

  @Override
  public long lagMillis() {
    return lag.toMillis();
  }
}
