package arena.local.states;

import arena.local.aws.AwsApi;
import arena.local.clock.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** Step Functions with one definition, scripted functions and a manual clock. */
final class StatesFixture implements AutoCloseable {
  static final String MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:replay";
  static final Instant BEGIN = Instant.parse("2026-01-31T12:00:00Z");

  /** Draws the longest delay that jitter allows. */
  static final RandomGenerator LONGEST = fixed(-1);

  final ScriptedFunctions functions = new ScriptedFunctions();
  final ManualClock clock = new ManualClock(BEGIN);
  private final Path folder;
  private final String definition;
  private final RandomGenerator random;
  private StepFunctions states;

  StatesFixture(Path folder, String definition) throws IOException {
    this(folder, definition, RandomGenerator.of("L64X128MixRandom"));
  }

  StatesFixture(Path folder, String definition, RandomGenerator random) throws IOException {
    this.folder = folder;
    this.definition = definition;
    this.random = random;
    start();
  }

  private static RandomGenerator fixed(long value) {
    return () -> value;
  }

  private void start() throws IOException {
    StateMachine machine =
        new StateMachine("replay", MACHINE, "arn:aws:iam::000000000000:role/replay", definition);
    states = new StepFunctions(folder, List.of(machine), _ -> functions, clock, random);
    states.start();
  }

  /** Stops and starts the service, as a restart of the stack does. */
  void restart() throws IOException {
    states.close();
    start();
  }

  @Override
  public void close() {
    states.close();
  }

  AwsApi.Response call(String operation, Map<String, ?> request) {
    return new StepFunctionsApi(states).call(operation, Json.write(request));
  }

  Map<?, ?> ask(String operation, Map<String, ?> request) {
    AwsApi.Response response = call(operation, request);
    if (response.status() != 200) {
      throw new AssertionError(operation + " returned " + response);
    }
    return (Map<?, ?>) Json.readOwn(response.body());
  }

  /** Returns the type of the error of a call. */
  String error(String operation, Map<String, ?> request) {
    AwsApi.Response response = call(operation, request);
    if (response.status() != 400) {
      throw new AssertionError(operation + " returned " + response);
    }
    return (String) ((Map<?, ?>) Json.readOwn(response.body())).get("__type");
  }

  /** Starts an execution; it advances with the clock. */
  String begin(String name, String input) {
    return (String)
        ask("StartExecution", Map.of("stateMachineArn", MACHINE, "name", name, "input", input))
            .get("executionArn");
  }

  /** Runs the tasks that are due now. */
  void settle() {
    clock.advance(Duration.ZERO);
  }

  Map<?, ?> describe(String arn) {
    return ask("DescribeExecution", Map.of("executionArn", arn));
  }

  String status(String arn) {
    return (String) describe(arn).get("status");
  }

  /** One event of a history. */
  record Seen(String type, Instant at, Map<?, ?> details) {}

  List<Seen> history(String arn) {
    List<Seen> all = new ArrayList<>();
    Object token = null;
    do {
      Map<String, Object> request = new LinkedHashMap<>();
      request.put("executionArn", arn);
      request.put("maxResults", 1_000);
      request.put("nextToken", token);
      Map<?, ?> page = ask("GetExecutionHistory", request);
      for (Object event : (List<?>) page.get("events")) {
        all.add(seen((Map<?, ?>) event));
      }
      token = page.get("nextToken");
    } while (token != null);
    return all;
  }

  private static Seen seen(Map<?, ?> event) {
    Map<?, ?> details = Map.of();
    for (Map.Entry<?, ?> field : event.entrySet()) {
      if (((String) field.getKey()).endsWith("EventDetails")) {
        details = (Map<?, ?>) field.getValue();
      }
    }
    double seconds = ((Number) event.get("timestamp")).doubleValue();
    return new Seen(
        (String) event.get("type"), Instant.ofEpochMilli(Math.round(seconds * 1_000)), details);
  }

  List<String> types(String arn) {
    return history(arn).stream().map(Seen::type).toList();
  }

  /** Returns the delay of each retry. */
  List<Duration> delays(String arn) {
    List<Duration> delays = new ArrayList<>();
    List<Seen> events = history(arn);
    for (int i = 1; i < events.size(); i++) {
      Seen before = events.get(i - 1);
      if (events.get(i).type().equals("TaskScheduled")
          && (before.type().equals("TaskFailed") || before.type().equals("TaskTimedOut"))) {
        delays.add(Duration.between(before.at(), events.get(i).at()));
      }
    }
    return delays;
  }
}
