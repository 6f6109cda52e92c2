package arena.functions;

import arena.comparison.CellTask;
import arena.comparison.PlayCells;
import arena.runtime.Telemetry;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tasks of the state machine that plays experiments and races. */
@NullMarked
public final class PlayCellHandler implements RequestStreamHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PlayCellHandler.class);

  private final PlayCellWiring wiring;
  private final Telemetry telemetry;

  /** Called by Lambda. */
  public PlayCellHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public PlayCellHandler(Map<String, String> environment) {
    wiring = PlayCellWiring.of(environment);
    telemetry = wiring.telemetry();
  }

  @Override
  public void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    String event = new String(input.readAllBytes(), StandardCharsets.UTF_8);
    String result = telemetry.during(context, () -> perform(event));
    output.write(result.getBytes(StandardCharsets.UTF_8));
  }

  private String perform(String event) {
    try {
      PlayCells cells = wiring.playCells().get();
      CellTask task = CellTask.read(event);
      task.runId().ifPresent(Telemetry::run);
      return task.perform(cells);
    } catch (RuntimeException e) {
      telemetry.failed(e);
      LOG.error("failed to play cell", e);
      throw e;
    }
  }
}
