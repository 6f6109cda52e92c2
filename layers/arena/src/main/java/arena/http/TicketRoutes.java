package arena.http;

import arena.access.Tickets;
import arena.run.RunId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The route that issues tickets for WebSocket connections. */
public final class TicketRoutes {
  private TicketRoutes() {}

  record CreatedTicket(String ticket, Instant expiresAt) {}

  /**
   * Returns the routes by route key.
   *
   * @param tickets created lazily
   */
  public static Map<String, Router.Route> over(Supplier<Tickets> tickets) {
    return Map.of(
        "POST /tickets",
        request -> {
          request.allowQuery();
          Optional<RunId> runId = RequestReader.ticket(request.body());
          Tickets.Issued issued =
              tickets.get().issue(request.caller().orElseThrow(ApiException::unauthorized), runId);
          return Response.of(201, new CreatedTicket(issued.text(), issued.expiresAt()));
        });
  }
}
