package arena.functions;

import arena.http.TicketRoutes;
import arena.runtime.HttpHandler;
import java.util.Map;
import org.jspecify.annotations.NullMarked;

/** Handles {@code POST /tickets}. */
@NullMarked
public final class CreateTicketHandler extends HttpHandler {
  /** Called by Lambda. */
  public CreateTicketHandler() {
    this(System.getenv());
  }

  /** Creates a handler with the given environment variables. */
  public CreateTicketHandler(Map<String, String> environment) {
    this(CreateTicketWiring.of(environment));
  }

  private CreateTicketHandler(CreateTicketWiring wiring) {
    super(wiring.telemetry(), TicketRoutes.over(wiring.tickets()));
  }
}
