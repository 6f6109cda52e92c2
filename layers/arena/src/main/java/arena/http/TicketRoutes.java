package arena.http;

import arena.access.Tickets;
import arena.codec.Timestamps;
import arena.json.Json;
import arena.run.RunId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The route that issues tickets for WebSocket connections. */
public final class TicketRoutes {
  private TicketRoutes() {}

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
          return Response.of(
              201,
              Json.object()
                  .put("ticket", issued.text())
                  .put("expires_at", Timestamps.write(issued.expiresAt())));
        });
  }
}
