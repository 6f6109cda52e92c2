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

/** Runs each task on a virtual thread. */
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
    return new VirtualThreadTaskGroup();
  }

  private static final class VirtualThreadTaskGroup implements TaskGroup {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<String> running = new HashSet<>();
    private final LinkedBlockingQueue<String> ended = new LinkedBlockingQueue<>();

    @Override
    public boolean start(String name, Runnable work) {
      if (!running.add(name)) {
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
        running.remove(name);
        name = ended.poll();
      }
    }

    @Override
    public int running() {
      return running.size();
    }

    @Override
    public void interrupt() {
      threads.shutdownNow();
    }

    @Override
    public void close() {
      threads.close();
    }
  }
}
