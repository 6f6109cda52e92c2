package arena.runtime;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.net.ssl.HttpsURLConnection;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a handler before the snapshot of its function is taken, so that the snapshot has loaded the
 * classes and filled the caches that the first invocation after a restore needs. Its clients call
 * servers of this process: nothing leaves it, and no log line or metric is written.
 *
 * <p>Nothing of the rehearsal is used later but what is static. The snapshot contains no open
 * connection. {@code SecureRandom}, from which ids are made, reads the system's source again after
 * a restore, so that restored copies of a snapshot do not make the same ids.
 */
public final class Rehearsal implements Resource {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  /** An initialization may take longer with a snapshot: 130 s. */
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** How a sandbox starts: one of Lambda's environment variables, and its value with a snapshot. */
  static final String INITIALIZATION_TYPE = "AWS_LAMBDA_INITIALIZATION_TYPE";

  private static final String SNAP_START = "snap-start";

  /** Later rounds compile what the first one loads. */
  private static final int ROUNDS = 3;

  private final Map<String, String> environment;
  private final Function<Map<String, String>, RequestStreamHandler> handler;
  private final Scene scene;
  private final Supplier<List<String>> events;

  /** What the stores have when a handler is rehearsed. */
  public enum Scene {
    /** No run. */
    EMPTY,
    /** A run that is played. */
    RUNNING,
    /** A run whose events are in the archive. */
    ARCHIVED
  }

  private Rehearsal(
      Map<String, String> environment,
      Function<Map<String, String>, RequestStreamHandler> handler,
      Scene scene,
      Supplier<List<String>> events) {
    this.environment = environment;
    this.handler = handler;
    this.scene = scene;
    this.events = events;
  }

  /**
   * Rehearses when a snapshot is about to be taken, and never in a sandbox that starts without one,
   * which loads nothing for it. The caller must keep the result, to which the runtime has a weak
   * reference only.
   *
   * @param environment the function's environment variables
   * @param handler creates a handler from environment variables
   * @param events events about {@link RehearsedRun#ID}
   */
  public static Rehearsal beforeSnapshot(
      Map<String, String> environment,
      Function<Map<String, String>, RequestStreamHandler> handler,
      Scene scene,
      Supplier<List<String>> events) {
    Rehearsal rehearsal = new Rehearsal(environment, handler, scene, events);
    if (isBeforeSnapshot(environment)) {
      Core.getGlobalContext().register(rehearsal);
    }
    return rehearsal;
  }

  /** Whether a function with these environment variables starts in order to take its snapshot. */
  public static boolean isBeforeSnapshot(Map<String, String> environment) {
    return SNAP_START.equals(environment.get(INITIALIZATION_TYPE));
  }

  /** Never fails: without a rehearsal, the first invocation takes longer. */
  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    PrintStream console = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      Thread thread = Thread.ofPlatform().daemon().name("rehearsal").unstarted(this::run);
      thread.setUncaughtExceptionHandler((_, thrown) -> failure.set(thrown));
      thread.start();
      if (!thread.join(LIMIT)) {
        thread.interrupt();
        failure.set(new IllegalStateException("not finished within " + LIMIT));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      System.setOut(console);
    }
    if (failure.get() != null) {
      LOG.warn("failed to rehearse", failure.get());
    }
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    // Nothing was opened that has to be opened again.
  }

  private void run() {
    HttpsURLConnection.getDefaultSSLSocketFactory(); // reads the certificates of authorities
    try (RehearsedServices services = RehearsedServices.start()) {
      Map<String, String> rehearsed = services.environment(environment);
      RehearsedRun.store(scene, rehearsed);
      List<String> performed = events.get();
      for (int round = 0; round < ROUNDS; round++) {
        RequestStreamHandler performer = handler.apply(rehearsed);
        for (String event : performed) {
          perform(performer, event);
        }
      }
      AwsAccess.rehearseCredentials(services.credentials());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void perform(RequestStreamHandler performer, String event) throws IOException {
    try {
      performer.handleRequest(
          new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)),
          new ByteArrayOutputStream(),
          new RehearsalContext());
    } catch (RuntimeException e) {
      LOG.debug("failed to rehearse an event", e);
    }
  }
}
