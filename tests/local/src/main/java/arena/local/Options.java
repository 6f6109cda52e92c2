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
 * How a stack is to be started. Unless told otherwise it forgets everything when it is closed,
 * takes any free ports, has a password that it makes up, and lives by the machine's clock.
 *
 * <pre>{@code
 * Options.of(root).parameter("CreationsPerSecond", "1000").environment("ARENA_OPENAI_BASE_URL", url)
 * }</pre>
 */
public final class Options {
  private final Path root;
  private Path home;
  private int port;
  private boolean insistsOnPort;
  private int redisPort;
  private boolean insistsOnRedisPort;
  private String redisPassword;
  private StackClock clock;
  private URI awsEndpoint;
  private CallerIdentity identity = CallerIdentity.LOCAL;
  private boolean capturesOutput;
  private Consumer<String> progress = line -> {};
  private FunctionHost.InProcess inProcess = FunctionHost.InProcess.NONE;
  private final Map<Service, UnaryOperator<URI>> inFront = new EnumMap<>(Service.class);
  private final Map<String, String> parameters = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();

  private Options(Path root) {
    this.root = root;
  }

  /** For the project whose {@code template.yaml} is in this folder. */
  public static Options of(Path root) {
    return new Options(root);
  }

  /** Keeps its state in this folder. */
  public Options home(Path folder) {
    home = folder;
    return this;
  }

  /**
   * Answers HTTP and WebSocket on this port.
   *
   * @param insists whether another port would be wrong; else the next free one will do
   */
  public Options port(int number, boolean insists) {
    port = number;
    insistsOnPort = insists;
    return this;
  }

  /**
   * Has Redis on this port.
   *
   * @param insists whether another port would be wrong; else the next free one will do
   */
  public Options redisPort(int number, boolean insists) {
    redisPort = number;
    insistsOnRedisPort = insists;
    return this;
  }

  /** Has this password on Redis. */
  public Options redisPassword(String password) {
    redisPassword = password;
    return this;
  }

  /** Lives by this clock: schedules, expiry, quotas, retries, the waits of state machines. */
  public Options clock(StackClock time) {
    clock = time;
    return this;
  }

  /** Lets through more in a second than an operator does: tests and benchmarks ask for more. */
  public Options unthrottled() {
    return parameter("RequestsPerSecond", "10000")
        .parameter("RequestBurst", "5000")
        .parameter("CreationsPerSecond", "1000")
        .parameter("CreationBurst", "1000");
  }

  /** Gives a parameter of the template this value. */
  public Options parameter(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  /** Gives every function this environment variable, instead of the template's. */
  public Options environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Uses DynamoDB and S3 at this address, such as LocalStack's, instead of starting its own. */
  public Options awsEndpoint(URI address) {
    awsEndpoint = address;
    return this;
  }

  /** What functions call. */
  public enum Service {
    DYNAMODB,
    S3,
    LAMBDA_AND_STEP_FUNCTIONS,
    /** The WebSocket API's {@code @connections}, without its stage. */
    CONNECTIONS,
    REDIS
  }

  /**
   * Has functions call a service by way of something in front of it, such as a proxy that breaks.
   *
   * @param proxy from the service's own address to the one that functions are given; Redis's is
   *     {@code redis://host:port}
   */
  public Options inFrontOf(Service service, UnaryOperator<URI> proxy) {
    inFront.put(service, proxy);
    return this;
  }

  /** Runs these invocations in processes of their own, for {@link LocalStack#kill}. */
  public Options inProcess(FunctionHost.InProcess which) {
    inProcess = which;
    return this;
  }

  /** Calls AWS as this identity. */
  public Options identity(CallerIdentity someone) {
    identity = someone;
    return this;
  }

  /** Has what the process prints in {@code stack.log}, beside what functions print in theirs. */
  public Options capturesOutput(boolean captures) {
    capturesOutput = captures;
    return this;
  }

  /** Tells what it is doing, a line at a time, from any thread. */
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

  boolean insistsOnPort() {
    return insistsOnPort;
  }

  int redisPort() {
    return redisPort;
  }

  boolean insistsOnRedisPort() {
    return insistsOnRedisPort;
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

  FunctionHost.InProcess inProcess() {
    return inProcess;
  }

  URI inFrontOf(Service service, URI address) {
    return inFront.getOrDefault(service, UnaryOperator.identity()).apply(address);
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
