package arena.local.gateway;

import arena.local.clock.StackClock;
import arena.local.iam.Authorizer;
import arena.local.lambda.FunctionHost;
import arena.local.log.LogFile;
import arena.local.loopback.LoopbackGuard;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.http.Context;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.eclipse.jetty.ee10.servlet.SessionHandler;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A server on one loopback port for an HTTP API and a WebSocket API. It listens from the start, so
 * that its port is known, and returns 503 until {@link #serve} is called.
 */
public final class Gateway implements AutoCloseable {
  /** Size of the accept queue. Beyond the default of 50, connections would be reset. */
  private static final int ACCEPT_QUEUE = 2_048;

  private record Served(
      LoopbackGuard guard,
      Optional<HttpApi> http,
      Optional<WebSocketApi> webSocket,
      Optional<ConnectionsEndpoint> connections,
      Optional<Authorization> authorization) {
    // Nothing can be called yet, so every origin gets status 503.
    static final Served NOTHING =
        new Served(
            LoopbackGuard.forPages(List.of("*"), 0),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
  }

  private static final String UNAVAILABLE = "{\"message\":\"Service Unavailable\"}";
  private static final String NO_SPACE =
      "{\"message\":\"no space left on the disk of the local stack's state (ARENA_HOME)\"}";
  private static final String RETRY_AFTER_SECONDS = "10";

  /** Size of a request's line and headers, as API Gateway limits it for HTTP APIs. */
  private static final int MAX_HEADER_BYTES = 10_240;

  private final List<LogFile> logs = new CopyOnWriteArrayList<>();
  private final String stage;

  private final Javalin javalin;
  private final Authorizer authorizer;
  private volatile Served served = Served.NOTHING;
  private volatile BooleanSupplier diskFull = () -> false;

  /**
   * Starts a server.
   *
   * @param port the port; 0 for any free one
   * @param stage the WebSocket API's stage, which is its path
   * @throws PortTaken if the port is in use
   */
  public static Gateway start(int port, String stage) {
    return start(port, stage, new Authorizer());
  }

  /**
   * Starts a server.
   *
   * @param port the port; 0 for any free one
   * @param stage the WebSocket API's stage, which is its path
   * @param authorizer decides which requests to {@code @connections} are processed
   * @throws PortTaken if the port is in use
   */
  public static Gateway start(int port, String stage, Authorizer authorizer) {
    return new Gateway(port, stage, authorizer);
  }

  private Gateway(int port, String stage, Authorizer authorizer) {
    this.stage = stage;
    this.authorizer = authorizer;
    javalin =
        Javalin.create(
            config -> {
              config.startup.showJavalinBanner = false;
              config.startup.showOldJavalinVersionWarning = false;
              config.startup.startupWatcherEnabled = false;
              config.concurrency.useVirtualThreads = true;
              config.http.compressionStrategy = CompressionStrategy.NONE;
              config.jetty.modifyHttpConfiguration(
                  http -> http.setRequestHeaderSize(MAX_HEADER_BYTES));
              config.jetty.modifyServer(server -> server.setErrorHandler(Gateway::reject));
              config.jetty.addConnector(
                  (server, http) -> {
                    ServerConnector connector =
                        new ServerConnector(server, new HttpConnectionFactory(http));
                    connector.setHost("127.0.0.1");
                    connector.setPort(port);
                    // Enough for a thousand viewers that connect at once.
                    connector.setAcceptQueueSize(ACCEPT_QUEUE);
                    return connector;
                  });
              config.jetty.modifyServletContextHandler(
                  handler ->
                      Optional.ofNullable(handler.getSessionHandler())
                          .ifPresent(Gateway::withoutCookies));
              config.jetty.modifyWebSocketServletFactory(
                  factory -> {
                    factory.setMaxTextMessageSize(WebSocketApi.MAX_MESSAGE_BYTES);
                    factory.setMaxBinaryMessageSize(WebSocketApi.MAX_MESSAGE_BYTES);
                    factory.setMaxFrameSize(WebSocketApi.MAX_FRAME_BYTES);
                    // By default larger frames would be split instead of rejected.
                    factory.setAutoFragment(false);
                    // Idle connections are closed by the stack's clock.
                    factory.setIdleTimeout(Duration.ZERO);
                  });
              config.routes.before(this::http);
              config.routes.wsBeforeUpgrade("/" + stage, this::upgrade);
              config.routes.ws(
                  "/" + stage,
                  socket -> {
                    socket.onConnect(context -> webSocket(api -> api.opened(context)));
                    socket.onMessage(
                        context -> webSocket(api -> api.message(context, context.message())));
                    socket.onBinaryMessage(context -> webSocket(api -> api.binary(context)));
                    socket.onClose(
                        context ->
                            webSocket(
                                api -> api.closed(context, context.status(), context.reason())));
                  });
            });
    try {
      javalin.start();
    } catch (JavalinBindException e) {
      throw new PortTaken(port, e);
    }
  }

  /** Rejects invalid requests with a body in API Gateway's format. */
  private static boolean reject(Request request, Response response, Callback callback) {
    response.getHeaders().put("content-type", "application/json");
    String message = HttpStatus.getMessage(response.getStatus());
    Content.Sink.write(response, true, "{\"message\":\"" + message + "\"}", callback);
    return true;
  }

  private static void withoutCookies(SessionHandler sessions) {
    sessions.setUsingCookies(false);
  }

  /** Returns the port. */
  public int port() {
    return javalin.port();
  }

  /**
   * Sets the APIs.
   *
   * @param authorizes whether the routes' authorizers are called; otherwise every caller is the
   *     local operator
   * @param logs the folder for the access logs, {@code http-access.log} and {@code
   *     websocket-access.log}
   */
  public void serve(
      Optional<HttpApiDefinition> http,
      Optional<WebSocketApiDefinition> webSocket,
      FunctionHost host,
      boolean authorizes,
      StackClock clock,
      Path logs) {
    Authorization authorization = new Authorization(authorizes, host, clock);
    // The frontend of the HTTP API also reads from the WebSocket API.
    List<String> origins =
        http.flatMap(HttpApiDefinition::cors)
            .map(HttpApiDefinition.Cors::origins)
            .orElse(List.of());
    Optional<WebSocketApi> socket =
        webSocket.map(
            api ->
                new WebSocketApi(
                    api,
                    host,
                    authorization,
                    clock,
                    log(api.accessLog(), logs.resolve("websocket-access.log"))));
    served =
        new Served(
            LoopbackGuard.forPages(origins, port()),
            http.map(
                api ->
                    new HttpApi(
                        api,
                        host,
                        authorization,
                        clock,
                        log(api.accessLog(), logs.resolve("http-access.log")))),
            socket,
            socket.map(api -> new ConnectionsEndpoint(stage, api, authorizer)),
            Optional.of(authorization));
  }

  private Optional<AccessLog> log(Optional<String> format, Path path) {
    return format.map(
        line -> {
          LogFile file = new LogFile(path);
          logs.add(file);
          return new AccessLog(line, file);
        });
  }

  /** Returns the endpoint by which functions reach connections; it is not served here. */
  public Optional<ConnectionsEndpoint> connections() {
    return served.connections();
  }

  /** Switches the authorizers on or off. */
  public void authorize(boolean required) {
    served.authorization().ifPresent(authorization -> authorization.switchTo(required));
  }

  /** Answers 503 to requests that write, and to {@code GET /health}, while this is so. */
  public void refuseWritesWhile(BooleanSupplier condition) {
    diskFull = condition;
  }

  private void http(Context context) throws IOException {
    // Javalin must not handle the request further.
    context.skipRemainingHandlers();
    Served now = served;
    if (refused(context, now.guard())) {
      return;
    }
    if (needsDisk(context) && diskFull.getAsBoolean()) {
      context
          .status(503)
          .header("retry-after", RETRY_AFTER_SECONDS)
          .contentType("application/json")
          .result(NO_SPACE);
    } else if (now.http().isPresent()) {
      now.http().get().handle(context);
    } else {
      context.status(503).contentType("application/json").result(UNAVAILABLE);
    }
  }

  /** Answers a request that the guard refuses. */
  private static boolean refused(Context context, LoopbackGuard guard) throws IOException {
    Optional<LoopbackGuard.Refusal> refusal =
        guard.refusal(name -> Collections.list(context.req().getHeaders(name)));
    if (refusal.isEmpty()) {
      return false;
    }
    context.status(LoopbackGuard.STATUS).contentType("application/json");
    // Before an upgrade, the result of the context would not be sent.
    context.res().getOutputStream().write(refusal.get().json().getBytes(StandardCharsets.UTF_8));
    return true;
  }

  private static boolean needsDisk(Context context) {
    String path = context.req().getRequestURI();
    return path.equals("/health") || context.req().getMethod().equals("POST");
  }

  private void upgrade(Context context) throws IOException {
    Optional<WebSocketApi> api = served.webSocket();
    if (refused(context, served.guard())) {
      context.skipRemainingHandlers();
    } else if (api.isPresent()) {
      api.get().connecting(context);
    } else {
      context.status(503);
      context.skipRemainingHandlers();
    }
  }

  private void webSocket(Consumer<WebSocketApi> event) {
    served.webSocket().ifPresent(event);
  }

  /** Closes the connections, waits briefly for their functions, and returns 503 from then on. */
  public void stopServing() {
    Served last = served;
    last.webSocket().ifPresent(WebSocketApi::close);
    served = Served.NOTHING;
  }

  /** Stops the server. */
  @Override
  public void close() {
    stopServing();
    javalin.stop();
    logs.forEach(LogFile::close);
  }
}
