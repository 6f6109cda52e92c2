package arena.logging;

import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Provides SLF4J with loggers that write JSON. SLF4J finds it by {@code META-INF/services}. */
public final class JsonLogProvider implements SLF4JServiceProvider {
  private static final String API_VERSION = "2.0.99"; // any 2.0

  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter fields = new ThreadFields();

  @Override
  public ILoggerFactory getLoggerFactory() {
    return JsonLoggers.SHARED;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return fields;
  }

  @Override
  public String getRequestedApiVersion() {
    return API_VERSION;
  }

  @Override
  public void initialize() {
    // Everything is created with this object.
  }
}
