package arena.causes;

import arena.models.Behaviour;
import arena.models.Fault;
import arena.models.ModelCall;
import arena.models.Reply;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A model that blocks at one call until the test releases it, so that a test can act while a turn
 * waits for its model.
 */
final class GatedModel implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 60;

  private final String model = "gate-" + UUID.randomUUID();
  private final int heldCall;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean throttled;
  private int calls;

  private GatedModel(int heldCall) {
    this.heldCall = heldCall;
  }

  /** Creates a model that blocks at this call, counted from 1. */
  static GatedModel at(int call) {
    GatedModel gate = new GatedModel(call);
    DiagnosisStack.shared().models().when(gate.model, gate::reply);
    return gate;
  }

  private Reply reply(ModelCall call) {
    boolean held;
    synchronized (this) {
      calls++;
      held = calls == heldCall;
    }
    if (!held) {
      return Reply.text(Behaviour.ANSWER);
    }
    reached.countDown();
    await(opened);
    return throttled ? new Reply.Failed(Fault.THROTTLED) : Reply.text(Behaviour.ANSWER);
  }

  /** Request body for a run of this many turns with this model. */
  String run(int turns) {
    return String.format(
        Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:%s\"}}", turns, model);
  }

  /** Starts a run and waits until its model call blocks. */
  String start(int turns) {
    String run = DiagnosisStack.shared().client().startRun(run(turns));
    awaitHeld();
    return run;
  }

  /** Waits until a model call blocks. */
  void awaitHeld() {
    await(reached);
  }

  /** Releases the blocked call with an answer. */
  void open() {
    opened.countDown();
  }

  /** Releases the blocked call with a throttling error, so that the turn is retried. */
  void openWithThrottle() {
    throttled = true;
    opened.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("gate not reached or not opened");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    open();
  }
}
