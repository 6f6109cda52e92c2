package arena.localstack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The deployed state machine with an execution for each error of each retrier, which ends before
 * the attempts are exhausted, and one after it, which the catcher handles.
 *
 * <p>The tasks do not invoke functions: LocalStack returns the responses that {@code
 * SFN_MOCK_CONFIG} gives for the test case which the ARN of an execution's state machine names. The
 * delays are shortened, because LocalStack waits for them.
 */
final class ReplayScenarios {
  static final String MACHINE = "replay";
  private static final Path DEFINITION = Path.of("../../functions/replay.asl.yaml");
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final String REFUSED = "arena.agent.ModelRefused";

  /** Stands for all errors that no retrier names. */
  private static final String OTHER = "java.lang.IllegalStateException";

  private static final int MAX_ATTEMPTS = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One execution.
   *
   * @param name the test case, as LocalStack knows it
   * @param task the task that fails
   * @param error the error of each failed attempt
   * @param failures how many attempts fail
   * @param result the error of the execution, or empty if it succeeds
   */
  record Scenario(String name, String task, String error, int failures, Optional<String> result) {
    @Override
    public String toString() {
      return name + " " + error;
    }
  }

  private final Map<String, Object> definition;
  private final List<Scenario> scenarios = new ArrayList<>();

  private ReplayScenarios(Map<String, Object> definition) {
    this.definition = definition;
    object(definition.get("States"))
        .forEach(
            (name, state) -> {
              if ("Task".equals(object(state).get("Type"))) {
                addScenarios(name, object(state));
              }
            });
  }

  /** Reads the definition. */
  static ReplayScenarios read() {
    try {
      String text =
          Files.readString(DEFINITION)
              .replace(
                  "${ReplayTurnFunctionArn}",
                  "arn:aws:lambda:us-east-1:000000000000:function:replay-turn")
              .replace(
                  "${FinalizeRunFunctionArn}",
                  "arn:aws:lambda:us-east-1:000000000000:function:finalize-run")
              .replace("${Partition}", "aws")
              .replace("${TurnTimeoutSeconds}", "120");
      return new ReplayScenarios(
          object(new Yaml(new SafeConstructor(new LoaderOptions())).load(text)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @SuppressWarnings("unchecked") // the definition is JSON
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  private void addScenarios(String task, Map<String, Object> state) {
    int number = 0;
    for (Object each : (List<?>) state.get("Retry")) {
      Map<String, Object> retrier = object(each);
      int attempts = Math.min(MAX_ATTEMPTS, (Integer) retrier.getOrDefault("MaxAttempts", 3));
      retrier.put("MaxAttempts", attempts);
      if (attempts > 0) {
        retrier.put("IntervalSeconds", 1);
        retrier.put("MaxDelaySeconds", 2);
      }
      for (Object listed : (List<?>) retrier.get("ErrorEquals")) {
        String error = listed.equals("States.ALL") ? OTHER : (String) listed;
        String name = task + "-" + number++;
        if (attempts > 0) {
          scenarios.add(
              new Scenario(
                  name + "-recovers", task, error, attempts, resultOf(task, false, error)));
        }
        scenarios.add(
            new Scenario(
                name + "-exhausted", task, error, attempts + 1, resultOf(task, true, error)));
      }
    }
  }

  /** Returns the error of an execution in which this task fails for good, or recovers. */
  private static Optional<String> resultOf(String task, boolean exhausted, String error) {
    String code = error.substring(error.lastIndexOf('.') + 1);
    return switch (task) {
      case "PlayTurn" -> exhausted ? Optional.of(code) : Optional.empty();
      case "FinalizeFailedRun" -> Optional.of(exhausted ? error : "ModelRefused");
      default -> exhausted ? Optional.of(error) : Optional.empty();
    };
  }

  List<Scenario> all() {
    return List.copyOf(scenarios);
  }

  /** Returns the definition with short delays, as JSON. */
  String definition() {
    return write(definition);
  }

  /** Returns the input of each execution. */
  String input() {
    return write(Map.of("run_id", RUN, "t", 0, "seq", 1, "turns_left", 1, "done", false));
  }

  /** Returns the configuration of LocalStack with the responses of all scenarios. */
  String mockedResponses() {
    Map<String, Object> cases = new LinkedHashMap<>();
    Map<String, Object> responses = new LinkedHashMap<>();
    Map<String, Object> turn = Map.of("run_id", RUN, "done", true);
    Map<String, Object> archived = Map.of("run_id", RUN);
    responses.put("Turn", Map.of("0", returned(turn)));
    responses.put("Refused", Map.of("0", thrown(REFUSED)));
    responses.put("Archived", Map.of("0", returned(archived)));
    for (Scenario scenario : scenarios) {
      Map<String, String> states = new LinkedHashMap<>();
      states.put("PlayTurn", scenario.task().equals("FinalizeFailedRun") ? "Refused" : "Turn");
      states.put("FinalizeRun", "Archived");
      states.put("FinalizeFailedRun", "Archived");
      states.put("CloseRun", "Archived");
      states.put(scenario.task(), scenario.name());
      cases.put(scenario.name(), states);
      Map<String, Object> attempts = new LinkedHashMap<>();
      int last = scenario.failures() - 1;
      attempts.put(last == 0 ? "0" : "0-" + last, thrown(scenario.error()));
      attempts.put(
          Integer.toString(scenario.failures()),
          returned(scenario.task().equals("PlayTurn") ? turn : archived));
      responses.put(scenario.name(), attempts);
    }
    return write(
        Map.of(
            "StateMachines",
            Map.of(MACHINE, Map.of("TestCases", cases)),
            "MockedResponses",
            responses));
  }

  private static Map<String, Object> returned(Map<String, Object> payload) {
    return Map.of("Return", Map.of("StatusCode", 200, "Payload", payload));
  }

  private static Map<String, Object> thrown(String error) {
    String cause = write(Map.of("errorMessage", "no", "errorType", error));
    return Map.of("Throw", Map.of("Error", error, "Cause", cause));
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and scalars can always be written", e);
    }
  }
}
