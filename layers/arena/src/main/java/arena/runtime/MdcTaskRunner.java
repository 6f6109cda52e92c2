package arena.runtime;

import arena.stream.TaskRunner;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import org.slf4j.MDC;

/** Propagates the caller's MDC to tasks. */
public final class MdcTaskRunner implements TaskRunner {
  private final TaskRunner tasks;

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
    return new MdcTaskGroup(tasks.newGroup(), MDC.getCopyOfContextMap());
  }

  private record MdcTaskGroup(TaskGroup group, Map<String, String> fields) implements TaskGroup {
    @Override
    public boolean start(String name, Runnable work) {
      return group.start(
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
      group.awaitOne(atMost);
    }

    @Override
    public int running() {
      return group.running();
    }

    @Override
    public void interrupt() {
      group.interrupt();
    }

    @Override
    public void close() {
      group.close();
    }
  }
}
