package arena.local.loopback;

import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Refuses the requests of web pages to a handler of Jetty. */
public final class LoopbackHandler extends Handler.Wrapper {
  private final LoopbackGuard guard = LoopbackGuard.forPrograms();

  public LoopbackHandler(Handler handler) {
    super(handler);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<LoopbackGuard.Refusal> refusal =
        guard.refusal(name -> request.getHeaders().getValuesList(name));
    if (refusal.isEmpty()) {
      return super.handle(request, response, callback);
    }
    response.setStatus(LoopbackGuard.STATUS);
    response.getHeaders().put("content-type", "application/json");
    Content.Sink.write(response, true, refusal.get().json(), callback);
    return true;
  }
}
