package arena.functions;

import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.metrics.Metric;
import arena.run.Profile;
import arena.run.RunNotRunning;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedRun;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/** Plays one turn of a run; a task of the replay state machine. */
@NullMarked
public final class ReplayTurnHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ReplayTurnHandler.class);

  private final ReplayTurnWiring wiring;
  private final Telemetry telemetry;

  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public ReplayTurnHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            ReplayTurnHandler::new,
            Rehearsal.Scene.RUNNING,
            () ->
                List.of(
                    TurnTaskCodec.write(
                        new TurnTask(RehearsedRun.ID, 0, 1, 0, 2, Profile.DEFAULT, false))));
  }

  /** Creates a handler with the given environment variables. */
  public ReplayTurnHandler(Map<String, String> environment) {
    wiring = ReplayTurnWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    String event = new String(input.readAllBytes(), StandardCharsets.UTF_8);
    String answer = telemetry.during(context, () -> play(TurnTaskCodec.read(event)));
    output.write(answer.getBytes(StandardCharsets.UTF_8));
  }

  private static String message(TurnTask next) {
    if (next.modelWait().isPresent()) {
      return "turn waits for its model's service";
    }
    return next.done() ? "all turns played" : "turn played";
  }

  private String play(TurnTask task) {
    Telemetry.run(task.runId());
    Telemetry.turn(task.t());
    long start = System.nanoTime();
    try {
      TurnTask next = wiring.playTurn().get().play(task);
      telemetry.metrics().since(Metric.TURN_TIME, start);
      LOG.info(
          message(next),
          telemetry.field(Metric.TURN_TIME),
          telemetry.field(Metric.MODEL_TIME),
          telemetry.field(Metric.PUBLISH_TIME),
          telemetry.field(Metric.EVENTS_PUBLISHED),
          StructuredArguments.entry("turns_left", next.turnsLeft()),
          StructuredArguments.entry("behind", next.behind()));
      return TurnTaskCodec.write(next);
    } catch (RunNotRunning e) {
      telemetry.failed(e);
      LOG.warn("turn not played because the run has ended");
      throw e;
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("fork replay failed", e);
      throw e;
    }
  }
}
