package arena.functions;

import arena.http.TicketRoutes;
import arena.runtime.HttpHandler;
import arena.runtime.Rehearsal;
import arena.runtime.RehearsedEvents;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Handles {@code POST /tickets}. */
@NullMarked
public final class CreateTicketHandler extends HttpHandler {
  @SuppressWarnings("UnusedVariable") // kept, because the runtime refers to it weakly
  private @Nullable Rehearsal rehearsal;

  /** Called by Lambda. */
  public CreateTicketHandler() {
    this(System.getenv());
    rehearsal =
        Rehearsal.beforeSnapshot(
            System.getenv(),
            CreateTicketHandler::new,
            Rehearsal.Scene.EMPTY,
            () -> List.of(RehearsedEvents.post("/tickets", "{}")));
  }

  /** Creates a handler with the given environment variables. */
  public CreateTicketHandler(Map<String, String> environment) {
    this(CreateTicketWiring.of(environment));
  }

  private CreateTicketHandler(CreateTicketWiring wiring) {
    super(wiring.telemetry(), TicketRoutes.over(wiring.tickets()), wiring.callLimits());
  }
}
