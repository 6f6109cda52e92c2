package arena.functions;

import arena.lifecycle.FinalizeRequest;
import arena.metrics.Metric;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/** Archives an ended run, then closes it; the last two tasks of the replay state machine. */
@NullMarked
public final class FinalizeRunHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FinalizeRunHandler.class);

  private final FinalizeRunWiring wiring;
  private final Telemetry telemetry;

  /** Called by Lambda. */
  public FinalizeRunHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public FinalizeRunHandler(Map<String, String> environment) {
    wiring = FinalizeRunWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    String event = new String(input.readAllBytes(), StandardCharsets.UTF_8);
    String answer = telemetry.during(context, () -> handle(FinalizeRequest.read(event)));
    output.write(answer.getBytes(StandardCharsets.UTF_8));
  }

  private String handle(FinalizeRequest request) {
    Telemetry.run(request.runId());
    return switch (request) {
      case FinalizeRequest.Archive(RunId runId, Optional<Failure> failure) ->
          archive(runId, failure);
      case FinalizeRequest.Close(RunId runId) -> close(runId);
    };
  }

  private String archive(RunId runId, Optional<Failure> failure) {
    try {
      Run run = wiring.finalizeRun().get().finalizeRun(runId, failure);
      LOG.info(
          "run archived",
          StructuredArguments.entry("status", run.status().label()),
          StructuredArguments.entry("db_path", run.dbPath()),
          StructuredArguments.entry("n_events", run.nEvents()),
          telemetry.field(Metric.ARCHIVE_TIME));
      return FinalizeRequest.archived(run);
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("failed to finalize run", e);
      throw e;
    }
  }

  private String close(RunId runId) {
    try {
      wiring.closeRun().get().close(runId);
      LOG.info("run closed");
      return FinalizeRequest.closed(runId);
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.warn("failed to close run", e);
      throw e;
    }
  }
}
