package arena.runtime;

import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts clients that a first invocation needs, on another thread, while its sandbox still
 * initializes. An initialization is not limited to the CPU share of the function's memory (AWS,
 * "Effectively running Java on Serverless"), so that on two cores the clients start next to the
 * handler, and the first invocation waits only for what is not ready.
 */
public final class EarlyStart {
  private static final Logger LOG = LoggerFactory.getLogger(EarlyStart.class);

  private EarlyStart() {}

  /**
   * Starts the clients one after the other on a thread that does not keep the process alive, if
   * this is a sandbox of Lambda. Does nothing before a snapshot, which must hold no open connection
   * and is rehearsed instead. A start that fails is repeated, and reported, by the invocation that
   * needs its client.
   *
   * @param environment the function's environment variables
   * @param starts each starts one client, which is created once only
   * @return whether the clients are being started
   */
  public static boolean inBackground(Map<String, String> environment, List<Runnable> starts) {
    if (!environment.containsKey(Rehearsal.INITIALIZATION_TYPE)
        || Rehearsal.isBeforeSnapshot(environment)) {
      return false;
    }
    Thread.ofPlatform().daemon().name("early-start").start(() -> starts.forEach(EarlyStart::start));
    return true;
  }

  private static void start(Runnable client) {
    try {
      client.run();
    } catch (RuntimeException e) {
      LOG.debug("failed to start a client early", e);
    }
  }
}
