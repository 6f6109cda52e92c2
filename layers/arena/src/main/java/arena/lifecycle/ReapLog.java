package arena.lifecycle;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/** Collects and logs the actions and failures of one run of a part of the reaper. Thread-safe. */
final class ReapLog {
  private final Logger log;
  private final List<ReapAction> reaped = new ArrayList<>();
  private int failed;

  ReapLog(Logger log) {
    this.log = log;
  }

  void done(ReapAction action) {
    action.log(log);
    synchronized (this) {
      reaped.add(action);
    }
  }

  /**
   * Records a failure.
   *
   * @param field name of the log field with the subject
   */
  void failed(String message, String field, Object subject, RuntimeException cause) {
    log.atError().addKeyValue(field, subject).setCause(cause).log(message);
    synchronized (this) {
      failed++;
    }
  }

  synchronized int failures() {
    return failed;
  }

  synchronized ReapReport report() {
    return new ReapReport(List.copyOf(reaped), failed);
  }
}
