package arena.local.aws;

import arena.local.gateway.ConnectionsEndpoint;
import arena.local.iam.Access;
import arena.local.iam.AuthenticationFailure;
import arena.local.iam.Authorizer;
import arena.local.iam.Caller;
import arena.local.iam.ServiceAccess;
import arena.local.iam.SignedRequest;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import arena.local.loopback.LoopbackGuard;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The endpoint of the SDK's clients. It dispatches Lambda's Invoke and Bedrock's Converse by path,
 * {@code @connections} by path too, services with the JSON protocol by their target, and those with
 * the query protocol by their version. It listens from the start, so that its address is known, and
 * returns 503 until {@link #serve} is called.
 */
public final class AwsEndpoint implements AutoCloseable {
  private static final Pattern INVOKE =
      Pattern.compile("/2015-03-31/functions/([^/]+)/invocations");
  private static final Pattern CONVERSE = Pattern.compile("/model/([^/]+)/converse");
  private static final int MAX_BODY_BYTES = 8 * 1024 * 1024;
  private static final Duration MAX_INVOCATION = Duration.ofMinutes(16);
  private static final Pattern VERSION = Pattern.compile("(?:^|&)Version=([0-9-]{10})(?:&|$)");
  private static final Pattern ACTION = Pattern.compile("(?:^|&)Action=([A-Za-z]{1,100})(?:&|$)");
  private static final String AUTHORIZATION = "Authorization";
  private static final String TARGET = "X-Amz-Target";
  private static final String ACCESS_DENIED = "AccessDeniedException";
  private static final ObjectMapper JSON = new ObjectMapper();

  private record Served(FunctionHost host, Map<String, AwsApi> apis) {}

  /** Status of a refused request with the JSON protocol. */
  private static final int JSON_REFUSED = 400;

  /** Status of a refused request with another protocol. */
  private static final int REFUSED = 403;

  private final LoopbackGuard guard = LoopbackGuard.forPrograms();
  private final Authorizer authorizer;
  private final Javalin javalin;
  private volatile Served served;
  private volatile Optional<ConnectionsEndpoint> connections = Optional.empty();
  private volatile Optional<ModelForwarder> models = Optional.empty();

  /** Starts an endpoint on a free port of the loopback address. */
  public static AwsEndpoint start() {
    return start(new Authorizer());
  }

  /**
   * Starts an endpoint on a free port of the loopback address.
   *
   * @param authorizer decides which requests are processed
   */
  public static AwsEndpoint start(Authorizer authorizer) {
    return new AwsEndpoint(authorizer);
  }

  private AwsEndpoint(Authorizer authorizer) {
    this.authorizer = authorizer;
    javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              config.concurrency.useVirtualThreads = true;
              config.http.compressionStrategy = CompressionStrategy.NONE;
              config.routes.before(this::handle);
            });
    javalin.start("127.0.0.1", 0);
  }

  /** Returns its address. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + javalin.port());
  }

  /**
   * Sets the services.
   *
   * @param apis the services by the prefix of their targets, such as {@code AWSStepFunctions.};
   *     those with the query protocol by their version, such as {@code 2015-02-02}
   */
  public void serve(FunctionHost host, Map<String, AwsApi> apis) {
    served = new Served(host, Map.copyOf(apis));
  }

  /** Sets the endpoint for the connections of the WebSocket API. */
  public void serveConnections(Optional<ConnectionsEndpoint> endpoint) {
    connections = endpoint;
  }

  /** Forwards calls of Bedrock's models to a service with its API. */
  public void forwardModels(URI service) {
    models = Optional.of(new ModelForwarder(service));
  }

  private void handle(Context context) throws IOException {
    // Javalin must not handle the request further.
    context.skipRemainingHandlers();
    context.header("x-amzn-requestid", UUID.randomUUID().toString());
    Optional<LoopbackGuard.Refusal> refusal =
        guard.refusal(name -> Collections.list(context.req().getHeaders(name)));
    if (refusal.isPresent()) {
      error(context, LoopbackGuard.STATUS, ACCESS_DENIED, refusal.get().message());
      return;
    }
    Served now = served;
    if (now == null) {
      error(context, 503, "ServiceUnavailableException", "the stack is still starting");
      return;
    }
    byte[] body = context.req().getInputStream().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      error(context, 413, "RequestTooLargeException", "more than " + MAX_BODY_BYTES + " bytes");
      return;
    }
    Optional<AuthenticationFailure> failure = authorizer.authenticate(signed(context, body));
    if (failure.isPresent()) {
      refuse(context, failure.get());
      return;
    }
    if (connections.isPresent() && connections.get().takes(context.req().getRequestURI())) {
      connections.get().handle(context, body);
      return;
    }
    String text = new String(body, StandardCharsets.UTF_8);
    Matcher invoke = INVOKE.matcher(context.req().getRequestURI());
    Matcher converse = CONVERSE.matcher(context.req().getRequestURI());
    String target = context.header(TARGET);
    if (invoke.matches() && context.req().getMethod().equals("POST")) {
      String function = URLDecoder.decode(invoke.group(1), StandardCharsets.UTF_8);
      String qualifier = context.queryParam("Qualifier");
      String qualified = qualifier == null ? function : function + ":" + qualifier;
      Optional<String> denial = denial(context, ServiceAccess.lambda(qualified));
      if (denial.isPresent()) {
        error(context, REFUSED, ACCESS_DENIED, denial.get());
      } else {
        invoke(context, now.host(), function, text);
      }
    } else if (converse.matches() && models.isPresent()) {
      String model = URLDecoder.decode(converse.group(1), StandardCharsets.UTF_8);
      converse(context, models.get(), model, body);
    } else if (target != null) {
      call(context, now.apis(), target, text);
    } else if (isForm(context)) {
      query(context, now.apis(), text);
    } else {
      error(
          context,
          404,
          "UnknownOperationException",
          "the local stack does not support "
              + context.req().getMethod()
              + " "
              + context.req().getRequestURI());
    }
  }

  private static SignedRequest signed(Context context, byte[] body) {
    return new SignedRequest(
        context.req().getMethod(),
        context.req().getRequestURI(),
        context.req().getQueryString(),
        name -> Collections.list(context.req().getHeaders(name)),
        body);
  }

  private static void refuse(Context context, AuthenticationFailure failure) {
    if (isForm(context)) {
      AwsApi.Response response = refused(failure.type(), failure.message());
      context
          .status(response.status())
          .contentType("text/xml")
          .result(response.body().getBytes(StandardCharsets.UTF_8));
    } else {
      error(context, REFUSED, failure.type(), failure.message());
    }
  }

  private void converse(Context context, ModelForwarder service, String model, byte[] body) {
    Optional<String> denial = denial(context, ServiceAccess.bedrock(model));
    if (denial.isPresent()) {
      error(context, REFUSED, ACCESS_DENIED, denial.get());
      return;
    }
    try {
      ModelForwarder.Reply reply =
          service.forward(
              context.req().getRequestURI(), String.valueOf(context.header(AUTHORIZATION)), body);
      reply.headers().forEach(context::header);
      context.status(reply.status()).result(reply.body());
    } catch (IOException e) {
      error(context, 503, "ServiceUnavailableException", "the model service does not answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      error(context, 503, "ServiceUnavailableException", "the stack is stopping");
    }
  }

  private Optional<String> denial(Context context, List<Access> needed) {
    return authorizer.refusal(Caller.of(context.header(AUTHORIZATION)), needed);
  }

  private static boolean isForm(Context context) {
    String type = context.contentType();
    return type != null && type.startsWith("application/x-www-form-urlencoded");
  }

  /**
   * Processes a request of the query protocol: a form with operation and version, XML as response.
   */
  private void query(Context context, Map<String, AwsApi> apis, String form) {
    Matcher version = VERSION.matcher(form);
    Matcher action = ACTION.matcher(form);
    AwsApi api = version.find() ? apis.get(version.group(1)) : null;
    if (api == null || !action.find()) {
      error(context, 404, "UnknownOperationException", "the local stack does not support " + form);
      return;
    }
    Optional<String> denial = denial(context, api.needed(action.group(1), form));
    AwsApi.Response response =
        denial.isPresent()
            ? refused("AccessDenied", denial.get())
            : api.call(action.group(1), form);
    context
        .status(response.status())
        .contentType("text/xml")
        .result(response.body().getBytes(StandardCharsets.UTF_8));
  }

  private static AwsApi.Response refused(String code, String message) {
    return new AwsApi.Response(
        REFUSED,
        "<ErrorResponse><Error><Type>Sender</Type><Code>"
            + code
            + "</Code><Message>"
            + message
            + "</Message></Error><RequestId>"
            + UUID.randomUUID()
            + "</RequestId></ErrorResponse>");
  }

  private void call(Context context, Map<String, AwsApi> apis, String target, String body) {
    for (Map.Entry<String, AwsApi> api : apis.entrySet()) {
      if (target.startsWith(api.getKey())) {
        String operation = target.substring(api.getKey().length());
        Optional<String> denial = denial(context, api.getValue().needed(operation, body));
        if (denial.isPresent()) {
          error(context, JSON_REFUSED, ACCESS_DENIED, denial.get());
          return;
        }
        AwsApi.Response response = api.getValue().call(operation, body);
        context
            .status(response.status())
            .contentType("application/x-amz-json-1.0")
            // As text, it would have the servlet's default charset, which is not UTF-8 for this
            // type.
            .result(response.body().getBytes(StandardCharsets.UTF_8));
        return;
      }
    }
    error(context, 404, "UnknownOperationException", "the local stack does not support " + target);
  }

  private static void invoke(Context context, FunctionHost host, String function, String payload) {
    String type = context.header("X-Amz-Invocation-Type");
    try {
      switch (type == null ? "RequestResponse" : type) {
        case "RequestResponse" -> {
          Invocation invocation = host.invoke(function, payload, MAX_INVOCATION);
          invocation
              .functionError()
              .ifPresent(error -> context.header("X-Amz-Function-Error", error));
          context.header("X-Amz-Executed-Version", "$LATEST");
          context.header("x-amzn-requestid", invocation.requestId());
          context.status(200).contentType("application/json").result(invocation.payload());
        }
        case "Event" -> {
          context.header("x-amzn-requestid", host.invokeInBackground(function, payload));
          context.status(202);
        }
        default ->
            error(
                context, 400, "InvalidParameterValueException", "unknown invocation type " + type);
      }
    } catch (InvokeFault e) {
      error(context, e.code().status(), e.code().exceptionName(), e.getMessage());
    } catch (TimeoutException e) {
      error(context, 504, "ServiceException", "no response within " + MAX_INVOCATION);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      error(context, 503, "ServiceException", "the stack is stopping");
    }
  }

  private static void error(Context context, int status, String type, String message) {
    context
        .status(status)
        .contentType("application/json")
        .header("x-amzn-errortype", type)
        .result(
            JSON.createObjectNode()
                .put("__type", type)
                .put("Type", status < 500 ? "User" : "Service")
                .put("Message", message)
                .put("message", message)
                .toString());
  }

  /** Stops listening. */
  @Override
  public void close() {
    javalin.stop();
    models.ifPresent(ModelForwarder::close);
  }
}
