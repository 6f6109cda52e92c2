package arena.runtime;

import arena.stream.TaskRunner;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.slf4j.MDC;

/** Threads whose log lines carry what those of whoever started them carry. */
public final class MdcTaskRunner implements TaskRunner {
  private final TaskRunner tasks;

  /** Runs tasks on these. */
  public MdcTaskRunner(TaskRunner tasks) {
    this.tasks = tasks;
  }

  @Override
  public void pause(Duration time) throws InterruptedException {
    tasks.pause(time);
  }

  @Override
  public Lock lock() {
    return tasks.lock();
  }

  @Override
  public TaskGroup newGroup() {
    return new OfLogging(tasks.newGroup(), MDC.getCopyOfContextMap());
  }

  private record OfLogging(TaskGroup crew, Map<String, String> fields) implements TaskGroup {
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
