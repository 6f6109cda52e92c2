package arena.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs several workers that start together. */
final class ConcurrentWorkers {
  private static final int MAX_SECONDS = 60;

  private ConcurrentWorkers() {}

  /** The work of each worker; {@code worker} is its number, from 0. */
  interface Work {
    void run(int worker) throws Exception;
  }

  /** Runs {@code work} in {@code workers} threads; fails if any of them fails. */
  static void run(int workers, Work work)
      throws InterruptedException, ExecutionException, TimeoutException {
    var start = new CyclicBarrier(workers);
    try (var threads = Executors.newFixedThreadPool(workers)) {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < workers; i++) {
        int worker = i;
        results.add(
            threads.submit(
                () -> {
                  start.await(MAX_SECONDS, TimeUnit.SECONDS);
                  work.run(worker);
                  return null;
                }));
      }
      for (Future<?> result : results) {
        result.get(MAX_SECONDS, TimeUnit.SECONDS);
      }
    }
  }
}
