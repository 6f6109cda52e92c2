package arena.retry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {
  private final List<Duration> waits = new ArrayList<>();

  private void exhaust(RetryPolicy policy) throws InterruptedException {
    RetryPolicy.Attempts attempts = policy.start(waits::add);
    int made = 1;
    while (attempts.waitForNext()) {
      made++;
    }
    assertEquals(policy.maxAttempts(), made);
  }

  @Test
  void doublesTheWaitBetweenAttempts() throws InterruptedException {
    exhaust(RetryPolicy.doubling(5, Duration.ofMillis(60)));
    assertEquals(
        List.of(
            Duration.ofMillis(60),
            Duration.ofMillis(120),
            Duration.ofMillis(240),
            Duration.ofMillis(480)),
        waits);
  }

  @Test
  void limitsTheWait() throws InterruptedException {
    exhaust(new RetryPolicy(5, Duration.ofMillis(20), Duration.ofMillis(50), wait -> wait));
    assertEquals(
        List.of(
            Duration.ofMillis(20),
            Duration.ofMillis(40),
            Duration.ofMillis(50),
            Duration.ofMillis(50)),
        waits);
  }

  @Test
  void drawsWaitsWithFullJitterUpToTheLimit() throws InterruptedException {
    exhaust(RetryPolicy.withFullJitter(8, Duration.ofMillis(20), Duration.ofMillis(800)));
    assertEquals(7, waits.size());
    waits.forEach(wait -> assertTrue(wait.toMillis() >= 0 && wait.toMillis() <= 800));
  }

  @Test
  void doesNotWaitAfterTheLastAttempt() throws InterruptedException {
    assertFalse(RetryPolicy.doubling(1, Duration.ofMillis(60)).start(waits::add).waitForNext());
    assertEquals(List.of(), waits);
  }

  @Test
  void rejectsAPolicyWithoutAttempts() {
    assertThrows(
        IllegalArgumentException.class, () -> RetryPolicy.doubling(0, Duration.ofMillis(1)));
  }
}
