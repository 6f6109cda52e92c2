package arena.runtime;

import arena.stream.Threads;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.slf4j.MDC;

/** Threads whose log lines carry what those of whoever started them carry. */
final class LoggingThreads implements Threads {
  private final Threads threads;

  LoggingThreads(Threads threads) {
    this.threads = threads;
  }

  @Override
  public void pause(Duration time) throws InterruptedException {
    threads.pause(time);
  }

  @Override
  public Lock lock() {
    return threads.lock();
  }

  @Override
  public Crew crew() {
    return new OfLogging(threads.crew(), MDC.getCopyOfContextMap());
  }

  private record OfLogging(Crew crew, Map<String, String> fields) implements Crew {
    @Override
    public boolean start(String name, Runnable work) {
      return crew.start(
          name,
          () -> {
            if (fields != null) {
              MDC.setContextMap(fields);
            }
            work.run();
          });
    }

    @Override
    public void awaitOne(Duration atMost) throws InterruptedException {
      crew.awaitOne(atMost);
    }

    @Override
    public boolean isIdle() {
      return crew.isIdle();
    }

    @Override
    public void close() {
      crew.close();
    }
  }
}
