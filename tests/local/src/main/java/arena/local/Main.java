package arena.local;

import arena.agent.ModelBaseUrl;
import arena.agent.ModelService;
import arena.agent.ModelTimeouts;
import arena.local.backing.BackingFailed;
import arena.local.log.ProcessOutput;
import arena.local.loopback.LoopbackGuard;
import arena.local.template.InvalidTemplate;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Implements {@code ./arena up}: starts a stack for the project in the current directory, prints
 * its addresses, and stops it on SIGTERM or Ctrl-C.
 */
public final class Main {
  private static final String MODEL_SERVICE = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME";

  private static final String WATCH = "--watch";
  private static final int DEFAULT_PORT = 8000;
  private static final int DEFAULT_REDIS_PORT = 6379;
  private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(30);

  /** Environment variables that are passed to every function. */
  private static final List<String> PASSED_VARIABLES =
      List.of(
          "ARENA_OPENAI_BASE_URL",
          "ARENA_OPENAI_API_KEY",
          "ARENA_ANTHROPIC_BASE_URL",
          "ARENA_ANTHROPIC_API_KEY",
          "ARENA_GRACE_MINUTES");

  private Main() {}

  /**
   * Starts a stack with the settings in the environment; with the argument {@code --watch} it loads
   * changed sources while it runs.
   */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    List<String> given = List.of(arguments);
    if (!given.isEmpty() && !given.equals(List.of(WATCH))) {
      console.println("arena: the only argument is " + WATCH + ", not " + String.join(" ", given));
      System.exit(1);
    }
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    System.exit(run(System.getenv(), given.contains(WATCH), console));
  }

  private static int run(Map<String, String> environment, boolean watch, PrintStream console) {
    CountDownLatch ending = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (ending.getCount() > 0) {
                    ending.countDown();
                    console.println("arena: stopping");
                  }
                },
                "arena-stopping"));
    long startNanos = System.nanoTime();
    try (LocalStack stack = LocalStack.start(options(environment, console))) {
      String unhealthy = health(stack);
      if (!unhealthy.isEmpty()) {
        console.println(
            "arena: the stack started, but GET /health returns "
                + unhealthy
                + "; see "
                + stack.logs());
        ending.countDown();
        return 1;
      }
      console.printf(Locale.ROOT, "ready after %.1f s%n%n", (System.nanoTime() - startNanos) / 1e9);
      new StartupBanner(stack, authorization(environment), console).print();
      if (watch) {
        SourceWatch.start(Path.of(""), stack, console);
      }
      awaitQuietly(ending);
      return 0;
    } catch (StateDirectoryInUse
        | PortUnavailable
        | NotBuilt
        | InvalidTemplate
        | BackingFailed
        | InvalidSetting e) {
      // A failure during the shutdown is not reported.
      if (ending.getCount() > 0) {
        ending.countDown();
        console.println("arena: " + e.getMessage());
      }
      return 1;
    } catch (RuntimeException e) {
      if (ending.getCount() > 0) {
        ending.countDown();
        String reason = FailureReason.of(e).orElseThrow(() -> e);
        console.println("arena: the stack did not start: " + reason);
      }
      return 1;
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns what is wrong with the stack; empty if it is healthy. */
  private static String health(LocalStack stack) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(stack.httpUrl().resolve("/health"))
                  .timeout(HEALTH_PATIENCE)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200 ? "" : response.statusCode() + " " + response.body();
    } catch (IOException e) {
      return "no response (" + e + ")";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "no response (interrupted)";
    }
  }

  private static Options options(Map<String, String> environment, PrintStream console) {
    Optional<Integer> port = port(environment, "ARENA_PORT");
    Optional<Integer> redisPort = port(environment, "ARENA_REDIS_PORT");
    Path root = Path.of("").toAbsolutePath();
    Options options =
        Options.of(root)
            .home(root.resolve(Options.home(environment)))
            .port(port.orElse(DEFAULT_PORT), port.isPresent())
            .redisPort(redisPort.orElse(DEFAULT_REDIS_PORT), redisPort.isPresent())
            .capturesOutput(true)
            .progress(line -> console.println("  " + line));
    setting(environment, "REDIS_PASSWORD").ifPresent(options::redisPassword);
    setting(environment, "ARENA_PARAMETERS")
        .ifPresent(parameters -> parameters(parameters).forEach(options::parameter));
    setting(environment, "ARENA_FRONTEND_ORIGIN")
        .ifPresent(origin -> options.parameter("FrontendOrigin", origin(origin)));
    setting(environment, "ARENA_MODEL_TIMEOUT_SECONDS")
        .ifPresent(seconds -> options.parameter("ModelTimeoutSeconds", modelTimeout(seconds)));
    setting(environment, "ARENA_CONCURRENCY")
        .ifPresent(maximum -> options.concurrency(concurrency(maximum)));
    awsEndpoint(environment).ifPresent(options::awsEndpoint);
    options.authorization(authorization(environment));
    // With TLS it is Bedrock's, whose signature a forwarded call would not have.
    setting(environment, MODEL_SERVICE)
        .filter(address -> address.startsWith("http:"))
        .ifPresent(address -> options.modelService(address(MODEL_SERVICE, address)));
    for (ModelService service : ModelService.values()) {
      boolean hasKey = setting(environment, service.keyVariable()).isPresent();
      setting(environment, service.baseVariable())
          .flatMap(base -> ModelBaseUrl.problem(service, base, hasKey))
          .ifPresent(
              problem -> {
                throw new InvalidSetting(problem);
              });
    }
    for (String name : PASSED_VARIABLES) {
      setting(environment, name).ifPresent(value -> options.environment(name, value));
    }
    if (setting(environment, ModelService.ANTHROPIC.keyVariable()).isPresent()
        && setting(environment, ModelService.ANTHROPIC.baseVariable()).isEmpty()) {
      options.environment(ModelService.ANTHROPIC.baseVariable(), ModelService.ANTHROPIC_BASE_URL);
    }
    Optional<String> key = setting(environment, "AWS_ACCESS_KEY_ID");
    Optional<String> secret = setting(environment, "AWS_SECRET_ACCESS_KEY");
    if (key.isPresent() && secret.isPresent()) {
      options.identity(
          new CallerIdentity(
              key.get(),
              secret.get(),
              setting(environment, "AWS_SESSION_TOKEN"),
              setting(environment, "AWS_REGION").orElse(CallerIdentity.LOCAL.region())));
    }
    return options;
  }

  /**
   * Returns the address of the external DynamoDB and S3 that {@code ARENA_AWS_ENDPOINT} names.
   *
   * @throws InvalidSetting if it is not a URL
   */
  public static Optional<URI> awsEndpoint(Map<String, String> environment) {
    String name = "ARENA_AWS_ENDPOINT";
    return setting(environment, name).map(value -> address(name, value));
  }

  private static Optional<String> setting(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /** Returns whether {@code ARENA_AUTH} asks for tokens. */
  public static boolean authorization(Map<String, String> environment) {
    String value = setting(environment, "ARENA_AUTH").orElse("off");
    if (!value.equals("on") && !value.equals("off")) {
      throw new InvalidSetting("ARENA_AUTH must be on or off, not \"" + value + "\"");
    }
    return value.equals("on");
  }

  private static Optional<Integer> port(Map<String, String> environment, String name) {
    return setting(environment, name)
        .map(
            value -> {
              if (!value.matches("\\d{1,5}") || Integer.parseInt(value) > 65_535) {
                throw new InvalidSetting(
                    name + " must be a port from 0 to 65535, not \"" + value + "\"");
              }
              return Integer.parseInt(value);
            });
  }

  /** Returns parameters of the template, written as for {@code sam deploy}. */
  private static Map<String, String> parameters(String value) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String parameter : value.trim().split("\\s+", -1)) {
      String[] parts = parameter.split("=", 2);
      if (parts.length < 2 || parts[0].isEmpty()) {
        throw new InvalidSetting(
            "ARENA_PARAMETERS must be template parameters such as RequestBurst=500, separated by"
                + " spaces, not \""
                + value
                + "\"");
      }
      parameters.put(parts[0], parts[1]);
    }
    return parameters;
  }

  private static String origin(String value) {
    if (!LoopbackGuard.isOrigin(value)) {
      throw new InvalidSetting(
          "ARENA_FRONTEND_ORIGIN must be scheme, host and port without a path, or *, not \""
              + value
              + "\"");
    }
    return value;
  }

  private static String modelTimeout(String seconds) {
    String value = seconds.strip();
    if (ModelTimeouts.VALUES.stream().noneMatch(allowed -> value.equals(allowed.toString()))) {
      throw new InvalidSetting(
          "ARENA_MODEL_TIMEOUT_SECONDS must be one of "
              + ModelTimeouts.VALUES
              + ", not \""
              + value
              + "\"");
    }
    return value;
  }

  private static int concurrency(String maximum) {
    if (!maximum.matches("[1-9]\\d{0,4}")) {
      throw new InvalidSetting(
          "ARENA_CONCURRENCY must be a number of invocations from 1 to 99999, not \""
              + maximum
              + "\"");
    }
    return Integer.parseInt(maximum);
  }

  private static URI address(String name, String value) {
    try {
      return URI.create(value);
    } catch (IllegalArgumentException e) {
      throw new InvalidSetting(name + " must be a URL, not \"" + value + "\"");
    }
  }
}
