package arena.local.loopback;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Refuses the requests of web pages to a server of the JDK. */
public final class LoopbackFilter extends Filter {
  private final LoopbackGuard guard = LoopbackGuard.forPrograms();

  @Override
  public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
    Optional<LoopbackGuard.Refusal> refusal =
        guard.refusal(name -> exchange.getRequestHeaders().getOrDefault(name, List.of()));
    if (refusal.isEmpty()) {
      chain.doFilter(exchange);
      return;
    }
    try (exchange) {
      byte[] body = refusal.get().json().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("content-type", "application/json");
      exchange.sendResponseHeaders(LoopbackGuard.STATUS, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public String description() {
    return "refuses the requests of web pages";
  }
}
