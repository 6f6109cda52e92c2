package arena.logging;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.helpers.BasicMDCAdapter;

/**
 * The MDC. Other than in SLF4J's own, a new thread has no fields: one that outlives the invocation
 * that started it would log that invocation's run for ever.
 */
final class ThreadFields extends BasicMDCAdapter {
  private final ThreadLocal<Map<String, String>> fields = ThreadLocal.withInitial(HashMap::new);

  @Override
  public void put(String key, String value) {
    fields.get().put(key, value);
  }

  @Override
  public @Nullable String get(String key) {
    return fields.get().get(key);
  }

  @Override
  public void remove(String key) {
    fields.get().remove(key);
  }

  @Override
  public void clear() {
    fields.remove();
  }

  @Override
  public Map<String, String> getCopyOfContextMap() {
    return new HashMap<>(fields.get());
  }

  @Override
  public void setContextMap(@Nullable Map<String, String> contextMap) {
    fields.set(contextMap == null ? new HashMap<>() : new HashMap<>(contextMap));
  }
}
