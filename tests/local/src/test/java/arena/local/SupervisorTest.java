package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.backing.BackingFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class SupervisorTest {
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final FakePart part = new FakePart();

  /** A part that a test can end, and whose restarts fail a number of times. */
  private static final class FakePart implements Supervisor.Part {
    private volatile boolean up = true;
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger restarts = new AtomicInteger();

    @Override
    public String name() {
      return "Part";
    }

    @Override
    public boolean runs() {
      return up;
    }

    @Override
    public String end() {
      return "exit code 137";
    }

    @Override
    public void restart() {
      restarts.incrementAndGet();
      if (failures.getAndDecrement() > 0) {
        throw new BackingFailed("the port is in use");
      }
      up = true;
    }
  }

  /** A hundredth of the time, of which nothing here depends on more than its order. */
  private static boolean pause(CountDownLatch closing, long millis) throws InterruptedException {
    return closing.await(1 + millis / 100, TimeUnit.MILLISECONDS);
  }

  private List<String> next(int count) throws InterruptedException {
    List<String> next = new ArrayList<>();
    while (next.size() < count) {
      next.add(lines.take());
    }
    return next;
  }

  @Test
  void restartsAPartThatEnded() throws Exception {
    try (Supervisor supervisor = new Supervisor(lines::add, SupervisorTest::pause)) {
      supervisor.supervise(part);
      part.up = false;
      List<String> reported = next(2);
      assertEquals("Part ended (exit code 137); restarting it", reported.get(0));
      assertTrue(reported.get(1).matches("Part is back after [0-9.]+ s, with its data"));
      assertTrue(part.up);
    }
    assertEquals(1, part.restarts.get());
  }

  @Test
  void triesAgainIfTheRestartFails() throws Exception {
    part.failures.set(2);
    try (Supervisor supervisor = new Supervisor(lines::add, SupervisorTest::pause)) {
      supervisor.supervise(part);
      part.up = false;
      List<String> reported = next(6);
      assertEquals("Part did not restart: the port is in use", reported.get(1));
      assertTrue(reported.getLast().startsWith("Part is back"), reported.toString());
    }
  }

  @Test
  void reportsThatItGivesUpAndRestartsNothingAfterThat() throws Exception {
    part.failures.set(Integer.MAX_VALUE);
    try (Supervisor supervisor = new Supervisor(lines::add, SupervisorTest::pause)) {
      supervisor.supervise(part);
      part.up = false;
      List<String> reported = next(2 * Restarts.MAX + 1);
      assertTrue(
          reported
              .getLast()
              .startsWith("Part ended again (exit code 137) after 6 restarts in a row"),
          reported.toString());
    }
    assertEquals(Restarts.MAX, part.restarts.get());
    assertTrue(lines.isEmpty());
  }

  @Test
  void restartsNothingWhenClosed() {
    Supervisor supervisor = new Supervisor(lines::add, SupervisorTest::pause);
    supervisor.supervise(part);
    supervisor.close();
    part.up = false;
    assertEquals(0, part.restarts.get());
    assertTrue(lines.isEmpty());
  }

  @Test
  void delaysGrowUntilThePartHasRunForAWhile() {
    Restarts restarts = new Restarts();
    long now = 0;
    for (int i = 0; i < Restarts.MAX; i++) {
      Duration delay = restarts.next(now).orElseThrow();
      assertEquals(Duration.ofMillis(100L << i), delay);
      now += delay.toNanos() + 1;
    }
    assertTrue(restarts.next(now).isEmpty());
    now += Restarts.RECOVERED.toNanos();
    assertEquals(Duration.ofMillis(100), restarts.next(now).orElseThrow());
  }
}
