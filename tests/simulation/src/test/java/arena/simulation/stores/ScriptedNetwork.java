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
 * A wire on which happens what a test says, and nothing else. What happens is told what the call is
 * about; what it throws, the caller gets.
 */
public final class ScriptedNetwork implements Network {
  private final Map<Call, Consumer<String>> before = new ConcurrentHashMap<>();
  private final Map<Call, Consumer<String>> after = new ConcurrentHashMap<>();
  private final Set<Call> cut = ConcurrentHashMap.newKeySet();
  private volatile Duration lag = Duration.ZERO;

  /** This happens before each such call comes to its store. */
  public void before(Call call, Consumer<String> happens) {
    before.put(call, happens);
  }

  /** This happens after each such call's effect, before its answer. */
  public void after(Call call, Consumer<String> happens) {
    after.put(call, happens);
  }

  /** Such calls do not come to their store until they are mended: it is unavailable to them. */
  public void cut(Call call) {
    cut.add(call);
  }

  /** Such calls come to their store again. */
  public void mend(Call call) {
    cut.remove(call);
  }

  /** An index follows its table only after this, for what is written from now on. */
  public void lag(Duration time) {
    lag = time;
  }

  /** What happens at the first call only, even where it makes such a call itself. */
  public static Consumer<String> once(Consumer<String> happens) {
    AtomicBoolean happened = new AtomicBoolean();
    return about -> {
      if (!happened.getAndSet(true)) {
        happens.accept(about);
      }
    };
  }

  private static void happen(Map<Call, Consumer<String>> script, Call call, String about) {
    Consumer<String> happens = script.get(call);
    if (happens != null) {
      happens.accept(about);
    }
  }

  @Override
  public <T> T call(
      Call call, String about, Supplier<T> effect, Function<String, RuntimeException> unavailable) {
    happen(before, call, about);
    if (cut.contains(call)) {
      throw unavailable.apply("no answer");
    }
    T answer = effect.get();
    happen(after, call, about);
    return answer;
  }

  @Override
  public long lagMillis() {
    return lag.toMillis();
  }
}
