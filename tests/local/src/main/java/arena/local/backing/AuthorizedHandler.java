package arena.local.backing;

import arena.local.iam.Access;
import arena.local.iam.AuthenticationFailure;
import arena.local.iam.Authorizer;
import arena.local.iam.Caller;
import arena.local.iam.DynamoDbAccess;
import arena.local.iam.SignedRequest;
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

/** Refuses requests to DynamoDB of unknown callers, and those for which the caller has no right. */
final class AuthorizedHandler extends Handler.Wrapper {
  /** DynamoDB's limit of a request. */
  private static final int MAX_BODY_BYTES = 16 * 1024 * 1024;

  /** DynamoDB's status of all errors of the client. */
  private static final int STATUS = 400;

  private static final String PREFIX = "com.amazon.coral.service#";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Authorizer authorizer;

  AuthorizedHandler(Handler handler, Authorizer authorizer) {
    super(handler);
    this.authorizer = authorizer;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (authorizer.administrator().isPresent()) {
      byte[] body = Content.Source.asInputStream(request).readNBytes(MAX_BODY_BYTES);
      Optional<AuthenticationFailure> failure = authorizer.authenticate(signed(request, body));
      return failure.isPresent()
          ? refuse(response, callback, PREFIX + failure.get().type(), failure.get().message())
          : authorize(new Read(request, body), response, callback);
    }
    return authorize(request, response, callback);
  }

  private static SignedRequest signed(Request request, byte[] body) {
    return new SignedRequest(
        request.getMethod(),
        request.getHttpURI().getPath(),
        request.getHttpURI().getQuery(),
        name -> request.getHeaders().getValuesList(name),
        body);
  }

  private boolean authorize(Request request, Response response, Callback callback)
      throws Exception {
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
    return refuse(response, callback, PREFIX + "AccessDeniedException", refusal.get());
  }

  private static boolean refuse(Response response, Callback callback, String type, String message) {
    response.setStatus(STATUS);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/x-amz-json-1.0");
    // The service has both spellings.
    String error =
        JSON.createObjectNode()
            .put("__type", type)
            .put("Message", message)
            .put("message", message)
            .toString();
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
