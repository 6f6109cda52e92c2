package arena.local.lambda;

import java.util.Map;
import java.util.Properties;

/**
 * System properties by thread, for functions that share a process. In a separate process, a
 * function has these settings as environment variables, and a separate disk.
 */
final class ThreadProperties {
  private static final InheritableThreadLocal<Map<String, String>> CURRENT =
      new InheritableThreadLocal<>();

  private static boolean installed;

  private ThreadProperties() {}

  /** Sets properties of the current thread and of those that it starts. */
  static void set(Map<String, String> properties) {
    install();
    CURRENT.set(Map.copyOf(properties));
  }

  private static synchronized void install() {
    if (!installed) {
      installed = true;
      ByThread properties = new ByThread();
      properties.putAll(System.getProperties());
      System.setProperties(properties);
    }
  }

  private static final class ByThread extends Properties {
    private static final long serialVersionUID = 1;

    @Override
    public String getProperty(String name) {
      Map<String, String> current = CURRENT.get();
      String own = current == null ? null : current.get(name);
      return own == null ? super.getProperty(name) : own;
    }
  }
}
