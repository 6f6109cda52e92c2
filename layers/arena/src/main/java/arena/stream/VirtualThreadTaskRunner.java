package arena.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Each worker on a virtual thread of its own. */
public final class VirtualThreadTaskRunner implements TaskRunner {
  @Override
  public void pause(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  @Override
  public Lock lock() {
    return new ReentrantLock();
  }

  @Override
  public TaskGroup newGroup() {
    return new OfVirtualThreads();
  }

  private static final class OfVirtualThreads implements TaskGroup {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> working = new HashSet<>();
    private final LinkedBlockingQueue<String> ended = new LinkedBlockingQueue<>();

    @Override
    public boolean start(String name, Runnable work) {
      if (!working.add(name)) {
        return false;
      }
      threads.execute(
          () -> {
            try {
              work.run();
            } finally {
              ended.add(name);
            }
          });
      return true;
    }

    @Override
    public void awaitOne(Duration atMost) throws InterruptedException {
      String name = ended.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
      while (name != null) {
        working.remove(name);
        name = ended.poll();
      }
    }

    @Override
    public boolean isIdle() {
      return working.isEmpty();
    }

    @Override
    public void close() {
      threads.close();
    }
  }
}
