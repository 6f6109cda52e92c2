package arena.simulation.cloud;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The state machine's time-outs and retriers, read from its definition.
 *
 * <p>{@link Executions} implements the order of the states; reading fails if the definition has
 * another order.
 *
 * @param timeout time-out of an execution, in microseconds
 */
public record ReplayDefinition(
    long timeout, Task playTurn, Task finalizeRun, Task finalizeFailedRun, Task closeRun) {
  private static final long SECOND = 1_000_000;

  /** The timeout of a turn's task with the template's default parameters; see its mapping. */
  private static final String TURN_TIMEOUT = "120";

  private static final Pattern CONSTANT = Pattern.compile("\\{%\\s*([0-9]+)\\s*%}");

  /**
   * A task state.
   *
   * @param timeout in microseconds
   */
  public record Task(long timeout, List<Retrier> retriers) {
    /** Index of the retrier for this error; -1 if there is none. */
    int retrierOf(String error) {
      for (int i = 0; i < retriers.size(); i++) {
        List<String> errors = retriers.get(i).errors();
        if (errors.contains(error) || errors.contains("States.ALL")) {
          return i;
        }
      }
      return -1;
    }
  }

  /** A retrier; intervals in seconds. */
  public record Retrier(
      List<String> errors, long interval, double backoffRate, long maxDelay, int maxAttempts) {
    /** Delay after this many attempts, in microseconds. */
    long delay(int attempts, double jitter) {
      return (long)
          (Math.min(interval * Math.pow(backoffRate, attempts), (double) maxDelay)
              * SECOND
              * jitter);
    }
  }

  /** Reads functions/replay.asl.yaml under {@code root}. */
  public static ReplayDefinition read(Path root) {
    Map<?, ?> machine;
    try {
      machine =
          new Yaml(new SafeConstructor(new LoaderOptions()))
              .load(
                  Files.readString(root.resolve("functions/replay.asl.yaml"))
                      .replace("${TurnTimeoutSeconds}", TURN_TIMEOUT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<?, ?> states = (Map<?, ?>) machine.get("States");
    requireNext(machine, "StartAt", "IsEnding");
    requireNext((Map<?, ?>) states.get("IsEnding"), "Default", "PlayTurn");
    requireNext((Map<?, ?>) states.get("PlayTurn"), "Next", "IsRunDone");
    requireNext((Map<?, ?>) states.get("IsRunDone"), "Default", "PlayTurn");
    requireNext((Map<?, ?>) states.get("WaitForModel"), "Next", "PlayTurn");
    requireNext(caught(states, "PlayTurn"), "Next", "FinalizeFailedRun");
    requireNext(caught(states, "FinalizeRun"), "Next", "NotFinalized");
    requireNext(caught(states, "FinalizeFailedRun"), "Next", "NotFinalized");
    requireNext((Map<?, ?>) states.get("FinalizeRun"), "Next", "CloseRun");
    requireNext((Map<?, ?>) states.get("FinalizeFailedRun"), "Next", "CloseRun");
    requireNext(caught(states, "CloseRun"), "Next", "NotClosed");
    return new ReplayDefinition(
        number(machine, "TimeoutSeconds") * SECOND,
        task(states, "PlayTurn"),
        task(states, "FinalizeRun"),
        task(states, "FinalizeFailedRun"),
        task(states, "CloseRun"));
  }

  private static Map<?, ?> caught(Map<?, ?> states, String name) {
    return (Map<?, ?>) ((List<?>) ((Map<?, ?>) states.get(name)).get("Catch")).getFirst();
  }

  private static void requireNext(Map<?, ?> state, String field, String next) {
    if (!next.equals(state.get(field))) {
      throw new IllegalStateException(
          "replay.asl.yaml differs from the simulation: %s is %s, expected %s"
              .formatted(field, state.get(field), next));
    }
  }

  private static Task task(Map<?, ?> states, String name) {
    Map<?, ?> state = (Map<?, ?>) states.get(name);
    List<Retrier> retriers = new ArrayList<>();
    for (Object item : (List<?>) state.get("Retry")) {
      Map<?, ?> retry = (Map<?, ?>) item;
      boolean never = number(retry, "MaxAttempts") == 0;
      retriers.add(
          new Retrier(
              ((List<?>) retry.get("ErrorEquals")).stream().map(String.class::cast).toList(),
              never ? 0 : number(retry, "IntervalSeconds"),
              never ? 1 : number(retry, "BackoffRate"),
              never ? 0 : number(retry, "MaxDelaySeconds"),
              (int) number(retry, "MaxAttempts")));
    }
    return new Task(number(state, "TimeoutSeconds") * SECOND, List.copyOf(retriers));
  }

  private static long number(Map<?, ?> fields, String name) {
    if (fields.get(name) instanceof Number number) {
      return number.longValue();
    }
    if (fields.get(name) instanceof String text) {
      Matcher constant = CONSTANT.matcher(text);
      if (constant.matches()) {
        return Long.parseLong(constant.group(1));
      }
    }
    throw new IllegalStateException("replay.asl.yaml: not a number: " + name);
  }
}
