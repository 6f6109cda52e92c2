package arena.local;

import arena.local.clock.StackClock;
import arena.local.lambda.FunctionHost;
import java.net.URI;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The options of a stack. By default it has a temporary state directory, free ports, a random
 * password and the system clock.
 *
 * <pre>{@code
 * Options.of(root).parameter("CreationsPerSecond", "1000").environment("ARENA_OPENAI_BASE_URL", url)
 * }</pre>
 */
public final class Options {
  private final Path root;
  private Path home;
  private int port;
  private boolean portRequired;
  private int redisPort;
  private boolean redisPortRequired;
  private String redisPassword;
  private StackClock clock;
  private URI awsEndpoint;
  private URI modelService;
  private CallerIdentity identity = CallerIdentity.LOCAL;
  private boolean authorization;
  private boolean capturesOutput;
  private Consumer<String> progress = line -> {};
  private FunctionHost.InProcess inProcess = FunctionHost.InProcess.NONE;
  private int concurrency = FunctionHost.DEFAULT_CONCURRENCY;
  private final Map<Service, UnaryOperator<URI>> proxies = new EnumMap<>(Service.class);
  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  private Options(Path root) {
    this.root = root;
  }

  /** Returns options for the project with its {@code template.yaml} in this folder. */
  public static Options of(Path root) {
    return new Options(root);
  }

  /** Sets the state directory. */
  public Options home(Path folder) {
    home = folder;
    return this;
  }

  /**
   * Sets the port of the HTTP and WebSocket APIs.
   *
   * @param required whether the stack must not use another free port instead
   */
  public Options port(int number, boolean required) {
    port = number;
    portRequired = required;
    return this;
  }

  /**
   * Sets the port of Redis.
   *
   * @param required whether the stack must not use another free port instead
   */
  public Options redisPort(int number, boolean required) {
    redisPort = number;
    redisPortRequired = required;
    return this;
  }

  /** Sets the password of Redis. */
  public Options redisPassword(String password) {
    redisPassword = password;
    return this;
  }

  /** Sets the clock of schedules, expiry, quotas, retries and state machines. */
  public Options clock(StackClock time) {
    clock = time;
    return this;
  }

  /** Raises the throttles to their maximum, for tests and benchmarks. */
  public Options unthrottled() {
    return parameter("RequestsPerSecond", "10000")
        .parameter("RequestBurst", "5000")
        .parameter("CreationsPerSecond", "1000")
        .parameter("CreationBurst", "1000")
        .parameter("DiagnosesPerSecond", "1000")
        .parameter("DiagnosisBurst", "1000")
        .parameter("ReportsPerSecond", "1000")
        .parameter("ReportBurst", "1000")
        .parameter("TicketsPerSecond", "10000")
        .parameter("TicketBurst", "5000");
  }

  /** Sets a parameter of the template. */
  public Options parameter(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  /** Sets an environment variable of every function, which takes precedence over the template's. */
  public Options environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Uses external DynamoDB and S3 at this address, such as LocalStack's. */
  public Options awsEndpoint(URI address) {
    awsEndpoint = address;
    return this;
  }

  /** Sends the calls of Bedrock's models to a service with its API at this address. */
  public Options modelService(URI address) {
    modelService = address;
    return this;
  }

  /** A service that functions call. */
  public enum Service {
    DYNAMODB,
    S3,
    LAMBDA_AND_STEP_FUNCTIONS,
    /** The WebSocket API's {@code @connections}, without its stage. */
    CONNECTIONS,
    REDIS
  }

  /**
   * Places a proxy between the functions and a service, for fault injection.
   *
   * @param proxy maps the service's address to the address that functions use; that of Redis is
   *     {@code redis://host:port}
   */
  public Options proxied(Service service, UnaryOperator<URI> proxy) {
    proxies.put(service, proxy);
    return this;
  }

  /** Limits the concurrent invocations of all functions, as an AWS account does. */
  public Options concurrency(int maximum) {
    concurrency = maximum;
    return this;
  }

  /** Runs these invocations in separate processes, for {@link LocalStack#kill}. */
  public Options inProcess(FunctionHost.InProcess which) {
    inProcess = which;
    return this;
  }

  /** Sets whether callers need tokens, as they do in a deployed stack. */
  public Options authorization(boolean required) {
    authorization = required;
    return this;
  }

  /** Sets the credentials of the functions. */
  public Options identity(CallerIdentity caller) {
    identity = caller;
    return this;
  }

  /**
   * Redirects the process's output to {@code stack.log}; output of functions goes to their logs.
   */
  public Options capturesOutput(boolean captures) {
    capturesOutput = captures;
    return this;
  }

  /** Sets the listener of progress messages, which is called from any thread. */
  public Options progress(Consumer<String> listener) {
    progress = listener;
    return this;
  }

  /** The folder that {@code ARENA_HOME} names, from the project's folder. */
  public static Path home(Map<String, String> environment) {
    String wanted = environment.getOrDefault("ARENA_HOME", "");
    return Path.of(wanted.isBlank() ? ".arena" : wanted);
  }

  Path root() {
    return root;
  }

  Optional<Path> home() {
    return Optional.ofNullable(home);
  }

  int port() {
    return port;
  }

  boolean portRequired() {
    return portRequired;
  }

  int redisPort() {
    return redisPort;
  }

  boolean redisPortRequired() {
    return redisPortRequired;
  }

  Optional<String> redisPassword() {
    return Optional.ofNullable(redisPassword);
  }

  Optional<StackClock> clock() {
    return Optional.ofNullable(clock);
  }

  Optional<URI> awsEndpoint() {
    return Optional.ofNullable(awsEndpoint);
  }

  boolean authorization() {
    return authorization;
  }

  int concurrency() {
    return concurrency;
  }

  Optional<URI> modelService() {
    return Optional.ofNullable(modelService);
  }

  FunctionHost.InProcess inProcess() {
    return inProcess;
  }

  URI proxied(Service service, URI address) {
    return proxies.getOrDefault(service, UnaryOperator.identity()).apply(address);
  }

  CallerIdentity identity() {
    return identity;
  }

  boolean capturesOutput() {
    return capturesOutput;
  }

  Consumer<String> progress() {
    return progress;
  }

  Map<String, String> parameters() {
    return parameters;
  }

  Map<String, String> environment() {
    return environment;
  }
}
