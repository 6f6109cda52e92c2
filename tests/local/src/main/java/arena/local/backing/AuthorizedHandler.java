package arena.local.backing;

import arena.local.iam.Access;
import arena.local.iam.Authorizer;
import arena.local.iam.Caller;
import arena.local.iam.DynamoDbAccess;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.content.ByteBufferContentSource;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Refuses requests to DynamoDB for which the caller has no right. */
final class AuthorizedHandler extends Handler.Wrapper {
  /** DynamoDB's limit of a request. */
  private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

  /** DynamoDB's status of all errors of the client. */
  private static final int STATUS = 400;

  private static final String TYPE = "com.amazon.coral.service#AccessDeniedException";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Authorizer authorizer;

  AuthorizedHandler(Handler handler, Authorizer authorizer) {
    super(handler);
    this.authorizer = authorizer;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Optional<String> caller = Caller.of(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    String target = request.getHeaders().get("X-Amz-Target");
    if (authorizer.isAdministrator(caller)
        || target == null
        || !target.startsWith(DynamoDbAccess.TARGET_PREFIX)) {
      return super.handle(request, response, callback);
    }
    byte[] body = Content.Source.asInputStream(request).readNBytes(MAX_BODY_BYTES);
    Optional<String> refusal = authorizer.refusal(caller, needed(target, body));
    if (refusal.isEmpty()) {
      return super.handle(new Read(request, body), response, callback);
    }
    response.setStatus(STATUS);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-amz-json-1.0");
    String error =
        JSON.createObjectNode().put("__type", TYPE).put("Message", refusal.get()).toString();
    Content.Sink.write(response, true, error, callback);
    return true;
  }

  private static List<Access> needed(String target, byte[] body) {
    try {
      return DynamoDbAccess.of(target.substring(DynamoDbAccess.TARGET_PREFIX.length()), body);
    } catch (IOException e) {
      return List.of(); // DynamoDB rejects it
    }
  }

  /** A request whose body has been read. */
  private static final class Read extends Request.Wrapper {
    private final ByteBufferContentSource body;

    Read(Request request, byte[] body) {
      super(request);
      this.body = new ByteBufferContentSource(ByteBuffer.wrap(body));
    }

    @Override
    public Content.Chunk read() {
      return body.read();
    }

    @Override
    public void demand(Runnable demanded) {
      body.demand(demanded);
    }

    @Override
    public void fail(Throwable failure) {
      body.fail(failure);
    }
  }
}
