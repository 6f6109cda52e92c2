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
 * A model that holds every run of it at a turn of the test's choice, until the test lets it answer:
 * what happens meanwhile happens while a turn waits for its model.
 */
final class GatedModel implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;

  private final String model = "gate-" + UUID.randomUUID();
  private final int heldCall;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile boolean throttles;
  private int calls;

  private GatedModel(int heldCall) {
    this.heldCall = heldCall;
  }

  /** Holds at this call of the model, counted from 1. */
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
    return throttles ? new Reply.Failed(Fault.THROTTLED) : Reply.text(Behaviour.ANSWER);
  }

  /** The body of a request for a run of so many turns, played by this model. */
  String run(int turns) {
    return String.format(
        Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:%s\"}}", turns, model);
  }

  /** Starts such a run and waits until it is held. */
  String start(int turns) {
    String run = DiagnosisStack.shared().client().startRun(run(turns));
    awaitHeld();
    return run;
  }

  /** Waits until a run is held. */
  void awaitHeld() {
    await(reached);
  }

  /** Lets the model answer. */
  void open() {
    opened.countDown();
  }

  /** Lets the model refuse the call for now, so that the turn is tried again. */
  void openWithThrottle() {
    throttles = true;
    opened.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nothing came to the gate, or it was not opened");
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
