package arena.models;

import arena.local.loopback.LoopbackFilter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model service on a loopback port. A model's behaviour is scripted with {@link #when} or
 * selected by the model's name ({@link Behaviour#named}). Thread-safe.
 *
 * <pre>{@code
 * try (ModelServer server = ModelServer.start()) {
 *   server.when("gpt-test", Behaviour.text("[{\"type\":\"queue_villager\"}]"));
 *   ... call server.openAiBaseUrl() ...
 * }
 * }</pre>
 */
public final class ModelServer implements AutoCloseable {
  /** Most recorded calls; older ones are discarded. */
  public static final int MAX_CALLS = 10_000;

  private static final int MAX_BODY = 4 * 1024 * 1024;
  private static final Pattern CONVERSE = Pattern.compile("/model/([^/]+)/converse");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Behaviour> scripts = new ConcurrentHashMap<>();
  private final ArrayDeque<ModelCall> calls = new ArrayDeque<>();
  private final Map<String, Integer> attempts = new HashMap<>();
  private volatile Flavour flavour = Flavour.OPENAI;
  private volatile Optional<String> key = Optional.empty();

  /** Servers whose chat completions have different additional fields. */
  public enum Flavour {
    OPENAI,
    OLLAMA,
    VLLM,
    LLAMA_CPP
  }

  private ModelServer(HttpServer server) {
    this.server = server;
  }

  /** Starts a server on a free port. */
  public static ModelServer start() {
    return start(0);
  }

  /** Starts a server on a port; 0 for any free one. */
  public static ModelServer start(int port) {
    try {
      var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      ModelServer models = new ModelServer(HttpServer.create(address, 100));
      models.server.setExecutor(models.threads);
      models.server.createContext("/", models::handle).getFilters().add(new LoopbackFilter());
      models.server.start();
      return models;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the value for {@code AWS_ENDPOINT_URL_BEDROCK_RUNTIME}. */
  public URI bedrockEndpoint() {
    return URI.create(
        String.format(
            Locale.ROOT,
            "http://%s:%s",
            server.getAddress().getAddress().getHostAddress(),
            server.getAddress().getPort()));
  }

  /** Returns the value for {@code ARENA_OPENAI_BASE_URL}. */
  public URI openAiBaseUrl() {
    return URI.create(bedrockEndpoint() + "/v1");
  }

  /** Returns the value for {@code ARENA_ANTHROPIC_BASE_URL}. */
  public URI anthropicBaseUrl() {
    return bedrockEndpoint();
  }

  /** Sets a model's behaviour, which takes precedence over its name. */
  public ModelServer when(String model, Behaviour behaviour) {
    scripts.put(model, behaviour);
    return this;
  }

  /** Sets the format of chat completions. */
  public ModelServer as(Flavour flavour) {
    this.flavour = flavour;
    return this;
  }

  /** Requires an API key for chat completions and messages. */
  public ModelServer withKey(String key) {
    this.key = Optional.of(key);
    return this;
  }

  /** Returns the recorded calls, oldest first. */
  public List<ModelCall> calls() {
    synchronized (calls) {
      return List.copyOf(calls);
    }
  }

  /** Returns the recorded calls of a model, oldest first. */
  public List<ModelCall> calls(String model) {
    return calls().stream().filter(call -> call.model().equals(model)).toList();
  }

  @Override
  public void close() {
    closed.countDown(); // ends calls that hang
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY);
      String path = exchange.getRequestURI().getRawPath();
      Matcher converse = CONVERSE.matcher(path);
      if (!exchange.getRequestMethod().equals("POST")) {
        send(exchange, 405, "application/json", "{\"message\":\"Method not allowed\"}");
      } else if (converse.matches()) {
        converse(exchange, decoded(converse.group(1)), body);
      } else if (path.equals("/v1/chat/completions")) {
        chat(exchange, body);
      } else if (path.equals("/v1/messages")) {
        messages(exchange, body);
      } else {
        send(exchange, 404, "application/json", "{\"detail\":\"Not Found\"}");
      }
    }
  }

  private static String decoded(String segment) {
    return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private void converse(HttpExchange exchange, String model, byte[] bytes) throws IOException {
    Optional<JsonNode> body = parsed(bytes);
    String signature = exchange.getRequestHeaders().getFirst("Authorization");
    if (signature == null || !signature.startsWith("AWS4-HMAC-SHA256 ")) {
      converseError(exchange, Fault.REFUSED, "Missing Authentication Token");
      return;
    }
    Optional<String> invalid =
        body.isEmpty()
            ? Optional.of("The request body is not valid JSON.")
            : ConverseApi.validate(body.get());
    if (invalid.isPresent()) {
      converseError(exchange, Fault.INVALID, invalid.get());
      return;
    }
    ModelCall call =
        record(ModelCall.Api.CONVERSE, model, ConverseApi.prompt(body.get()), exchange, body.get());
    switch (reply(call)) {
      case Reply.Text text ->
          send(exchange, 200, "application/json", ConverseApi.response(call.body(), text));
      case Reply.Failed(Fault fault) -> converseError(exchange, fault, fault.converseMessage());
      case Reply.AskToWait(int seconds) -> {
        askToWait(exchange, seconds);
        converseError(exchange, Fault.THROTTLED, Fault.THROTTLED.converseMessage());
      }
      case Reply.Empty() -> send(exchange, 200, "application/json", ConverseApi.empty());
      case Reply.Huge(int size) ->
          send(
              exchange,
              200,
              "application/json",
              ConverseApi.response(call.body(), Reply.text("x".repeat(size))));
      case Reply other ->
          sendCommon(
              exchange, other, ConverseApi.response(call.body(), Reply.text(Behaviour.ANSWER)));
    }
  }

  private static void askToWait(HttpExchange exchange, int seconds) {
    exchange.getResponseHeaders().set("retry-after", String.valueOf(seconds));
  }

  private static void converseError(HttpExchange exchange, Fault fault, String message)
      throws IOException {
    exchange
        .getResponseHeaders()
        .set(
            "x-amzn-errortype",
            fault.converseType() + ":http://internal.amazon.com/coral/com.amazon.bedrock/");
    send(exchange, fault.converseStatus(), "application/json", ConverseApi.error(fault, message));
  }

  private void chat(HttpExchange exchange, byte[] bytes) throws IOException {
    Optional<JsonNode> body = parsed(bytes);
    String sent =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
            .map(header -> header.replaceFirst("^Bearer ", ""))
            .orElse("");
    if (key.isPresent() && !key.get().equals(sent)) {
      chatError(exchange, Fault.REFUSED, Fault.REFUSED.chatMessage().formatted(sent));
      return;
    }
    Optional<String> invalid =
        body.isEmpty()
            ? Optional.of("We could not parse the JSON body of your request.")
            : ChatApi.validate(body.get());
    if (invalid.isPresent()) {
      chatError(exchange, Fault.INVALID, invalid.get());
      return;
    }
    String model = body.get().path("model").asText();
    ModelCall call =
        record(ModelCall.Api.CHAT, model, ChatApi.prompt(body.get()), exchange, body.get());
    switch (reply(call)) {
      case Reply.Text text ->
          send(
              exchange,
              200,
              "application/json",
              ChatApi.response(flavour, model, call.body(), text));
      case Reply.Failed(Fault fault) ->
          chatError(exchange, fault, fault.chatMessage().replace("%s", sent));
      case Reply.AskToWait(int seconds) -> {
        askToWait(exchange, seconds);
        chatError(exchange, Fault.THROTTLED, Fault.THROTTLED.chatMessage());
      }
      case Reply.Empty() -> send(exchange, 200, "application/json", ChatApi.empty(model));
      case Reply.Huge(int size) ->
          send(
              exchange,
              200,
              "application/json",
              ChatApi.response(flavour, model, call.body(), Reply.text("x".repeat(size))));
      case Reply other ->
          sendCommon(
              exchange,
              other,
              ChatApi.response(flavour, model, call.body(), Reply.text(Behaviour.ANSWER)));
    }
  }

  private void chatError(HttpExchange exchange, Fault fault, String message) throws IOException {
    send(
        exchange,
        fault.chatStatus(),
        "application/json",
        ChatApi.error(flavour, fault.chatStatus(), fault.chatType(), fault.chatCode(), message));
  }

  private void messages(HttpExchange exchange, byte[] bytes) throws IOException {
    Optional<JsonNode> body = parsed(bytes);
    String sent =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("x-api-key")).orElse("");
    if (key.isPresent() && !key.get().equals(sent)) {
      messagesError(exchange, 401, MessagesApi.error(Fault.REFUSED, ""));
      return;
    }
    Optional<String> invalid =
        !exchange.getRequestHeaders().containsKey("anthropic-version")
            ? Optional.of("anthropic-version: header is required")
            : body.isEmpty()
                ? Optional.of("The request body is not valid JSON")
                : MessagesApi.validate(body.get());
    if (invalid.isPresent()) {
      messagesError(exchange, 400, MessagesApi.error("invalid_request_error", invalid.get()));
      return;
    }
    String model = body.get().path("model").asText();
    ModelCall call =
        record(ModelCall.Api.MESSAGES, model, MessagesApi.prompt(body.get()), exchange, body.get());
    switch (reply(call)) {
      case Reply.Text text ->
          send(exchange, 200, "application/json", MessagesApi.response(model, call.body(), text));
      case Reply.Failed(Fault fault) ->
          messagesError(exchange, MessagesApi.status(fault), MessagesApi.error(fault, model));
      case Reply.AskToWait(int seconds) -> {
        askToWait(exchange, seconds);
        messagesError(exchange, 429, MessagesApi.error(Fault.THROTTLED, model));
      }
      case Reply.Empty() -> send(exchange, 200, "application/json", MessagesApi.empty(model));
      case Reply.Huge(int size) ->
          send(
              exchange,
              200,
              "application/json",
              MessagesApi.response(model, call.body(), Reply.text("x".repeat(size))));
      case Reply other ->
          sendCommon(
              exchange,
              other,
              MessagesApi.response(model, call.body(), Reply.text(Behaviour.ANSWER)));
    }
  }

  private static void messagesError(HttpExchange exchange, int status, String body)
      throws IOException {
    send(exchange, status, "application/json", body);
  }

  private Reply reply(ModelCall call) {
    Behaviour script = scripts.get(call.model());
    return (script == null ? Behaviour.named(call.model()) : script).reply(call);
  }

  private ModelCall record(
      ModelCall.Api api, String model, String prompt, HttpExchange exchange, JsonNode body) {
    Map<String, List<String>> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    synchronized (calls) {
      if (attempts.size() >= MAX_CALLS) {
        attempts.clear();
      }
      int attempt = attempts.merge(model + "\n" + prompt, 1, Integer::sum);
      ModelCall call = new ModelCall(api, model, prompt, attempt, Map.copyOf(headers), body);
      if (calls.size() == MAX_CALLS) {
        calls.removeFirst();
      }
      calls.addLast(call);
      return call;
    }
  }

  private static Optional<JsonNode> parsed(byte[] body) {
    try {
      JsonNode json = JSON.readTree(body);
      return json.isObject() ? Optional.of(json) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Sends the replies that all APIs have in common. */
  private void sendCommon(HttpExchange exchange, Reply reply, String response) throws IOException {
    switch (reply) {
      case Reply.Raw(int status, String contentType, String body) ->
          send(exchange, status, contentType, body);
      case Reply.Hang() -> await();
      case Reply.Trickle() -> trickle(exchange, response);
      case Reply.Truncated() -> {
        byte[] bytes = response.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        exchange.getResponseBody().flush();
      }
      default -> {
        // Drop: closing the exchange closes the connection
      }
    }
  }

  private void trickle(HttpExchange exchange, String response) throws IOException {
    exchange.getResponseHeaders().set("content-type", "application/json");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    out.write(response.substring(0, response.length() / 2).getBytes(StandardCharsets.UTF_8));
    try {
      do {
        out.write(' ');
        out.flush();
      } while (!closed.await(100, TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void await() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String contentType, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", contentType);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
