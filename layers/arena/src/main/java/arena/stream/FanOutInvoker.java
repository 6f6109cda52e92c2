package arena.stream;

import arena.error.DependencyUnavailable;
import arena.run.RunId;

/** Invokes the fan-out of runs. */
public interface FanOutInvoker {
  /**
   * Invokes a run's fan-out asynchronously. Harmless if it is already active.
   *
   * @throws DependencyUnavailable retryable
   */
  void wake(RunId runId);

  /**
   * Invokes the fan-out of a run with {@linkplain Connections#subscribePending pending
   * subscriptions} asynchronously, so that it adopts them.
   *
   * @throws DependencyUnavailable retryable
   */
  default void wakeForPending(RunId runId) {
    wake(runId);
  }

  /**
   * Invokes a {@linkplain BrokerRecovery recovery} asynchronously, because the broker was not
   * available. Harmless if one is already active.
   *
   * @throws DependencyUnavailable retryable
   */
  default void recover() {}
}
