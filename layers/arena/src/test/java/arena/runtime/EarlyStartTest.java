package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class EarlyStartTest {
  private static final String TYPE = "AWS_LAMBDA_INITIALIZATION_TYPE";
  private static final long LIMIT_SECONDS = 10;

  private final BlockingQueue<String> started = new LinkedBlockingQueue<>();
  private final List<Runnable> starts =
      List.of(() -> start("first"), EarlyStartTest::fail, () -> start("third"));

  @Test
  void startsEachClientInOrderAfterOneThatFailed() throws InterruptedException {
    assertTrue(EarlyStart.inBackground(Map.of(TYPE, "on-demand"), starts));

    assertEquals("first on early-start", started.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
    assertEquals("third on early-start", started.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void startsNothingBeforeSnapshot() {
    assertFalse(EarlyStart.inBackground(Map.of(TYPE, "snap-start"), starts));
  }

  @Test
  void startsNothingOutsideLambda() {
    assertFalse(EarlyStart.inBackground(Map.of(), starts));
  }

  private void start(String client) {
    started.add(client + " on " + Thread.currentThread().getName());
  }

  private static void fail() {
    throw new IllegalStateException("refused");
  }
}
