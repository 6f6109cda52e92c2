package arena.runtime;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A supplier that creates its value at the first {@link #get}. Thread-safe. */
public final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private @Nullable T value;

  public Lazy(Supplier<T> maker) {
    this.maker = maker;
  }

  @Override
  public synchronized T get() {
    if (value == null) {
      value = maker.get();
    }
    return value;
  }
}
