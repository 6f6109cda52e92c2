package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.error.ErrorKind;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Properties of the deployed definition. */
class ReplayDefinitionTest {
  private static final int MAX_TURNS = 200;

  /** Attempts that end in a wait, or precede one; arena.lifecycle.ModelWaits bounds them. */
  private static final int MAX_WAITS = 200;

  private static final String UNAVAILABLE = DependencyUnavailable.class.getName();

  private Definition definition;

  @BeforeEach
  void read() throws IOException {
    definition = DefinitionReader.read(ReplayDefinition.text());
  }

  private List<State.Task> tasks() {
    return definition.flow().states().values().stream()
        .filter(State.Task.class::isInstance)
        .map(State.Task.class::cast)
        .toList();
  }

  @Test
  void everyTaskHasBoundedRetriesWithJitterAndCatchesAllErrors() {
    for (State.Task task : tasks()) {
      for (Retrier retrier : task.retriers()) {
        if (retrier.maxAttempts() > 0) {
          // An account with a small concurrency limit throttles for as long as other runs are
          // played.
          boolean throttled = retrier.errors().contains("Lambda.TooManyRequestsException");
          Duration longest = Duration.ofMinutes(throttled ? 5 : 2);
          assertTrue(retrier.backoffRate() > 1, task.name());
          assertTrue(retrier.maxDelay().compareTo(longest) <= 0, task.name());
          if (!task.name().equals("CloseRun")) {
            assertTrue(retrier.jitter(), task.name());
            assertTrue(retrier.maxAttempts() <= (throttled ? 20 : 10), task.name());
          }
        }
      }
      assertEquals(List.of("States.ALL"), task.retriers().getLast().errors(), task.name());
      assertEquals(List.of("States.ALL"), task.catchers().getLast().errors(), task.name());
    }
  }

  @Test
  void noErrorIsNamedTwice() {
    for (State.Task task : tasks()) {
      Set<String> names = new HashSet<>();
      for (Retrier retrier : task.retriers()) {
        for (String name : retrier.errors()) {
          assertTrue(names.add(name), name);
        }
      }
    }
  }

  @Test
  void namesTheErrorsOfFunctionsByTheirClasses() throws ClassNotFoundException {
    for (State.Task task : tasks()) {
      for (Retrier retrier : task.retriers()) {
        for (String name : retrier.errors()) {
          if (name.startsWith("arena.")) {
            assertTrue(Throwable.class.isAssignableFrom(Class.forName(name)), name);
          }
        }
      }
    }
  }

  private static Stream<ErrorKind> taskErrors() {
    return Arrays.stream(ErrorKind.values()).filter(error -> error.scope() == ErrorKind.Scope.TASK);
  }

  @ParameterizedTest
  @MethodSource("taskErrors")
  void aTurnIsRetriedIfItsErrorIsRetryable(ErrorKind error) {
    State.Task turn = (State.Task) definition.flow().state("PlayTurn");
    Retrier retrier =
        turn.retriers().stream()
            .filter(each -> each.errors().stream().anyMatch(name -> names(name, error)))
            .findFirst()
            .orElse(turn.retriers().getLast());
    assertEquals(error.retryable(), retrier.maxAttempts() > 0, retrier.errors().toString());
  }

  @Test
  void namesOnlyErrorsOfTasksAndRetriesThoseThatAreRetryable() {
    for (State.Task task : tasks()) {
      for (Retrier retrier : task.retriers()) {
        for (String name : retrier.errors()) {
          if (name.startsWith("arena.") && !name.equals(UNAVAILABLE)) {
            ErrorKind error = ErrorKind.of(name);
            assertNotEquals(ErrorKind.OTHER, error, name);
            assertEquals(ErrorKind.Scope.TASK, error.scope(), name);
            assertEquals(error.retryable(), retrier.maxAttempts() > 0, name);
          }
        }
      }
    }
  }

  /** Whether a name in a retrier matches this error. */
  private static boolean names(String name, ErrorKind error) {
    return name.equals(UNAVAILABLE)
        ? Arrays.stream(Dependency.values()).anyMatch(each -> each.errorKind() == error)
        : error != ErrorKind.OTHER && ErrorKind.of(name) == error;
  }

  @Test
  void staysBelowTheQuotaOfEventsWithEveryRetryAndWaitOfTheLongestRun() {
    State.Task turn = (State.Task) definition.flow().state("PlayTurn");
    int eventsOfAnAttempt = 3; // scheduled, started, ended
    int events = 2; // the execution's start and end
    events += (MAX_TURNS + 1) * (2 + 2 + eventsOfAnAttempt * (1 + attempts(turn)));
    int eventsOfAWait = 6; // task and choice and wait, entered and exited
    events += MAX_WAITS * (eventsOfAWait + eventsOfAnAttempt);
    for (String name : List.of("FinalizeRun", "FinalizeFailedRun", "CloseRun")) {
      State.Task task = (State.Task) definition.flow().state(name);
      events += 2 + eventsOfAnAttempt * (1 + attempts(task));
    }
    assertTrue(events < Quotas.MAX_EVENTS, events + " events");
  }

  private static int attempts(State.Task task) {
    return task.retriers().stream().mapToInt(Retrier::maxAttempts).sum();
  }

  @Test
  void everyTaskHasALongerTimeoutThanItsFunction() throws StateError {
    Map<String, Integer> functionTimeouts =
        Map.of("PlayTurn", 90, "FinalizeRun", 300, "FinalizeFailedRun", 300, "CloseRun", 300);
    for (State.Task task : tasks()) {
      int timeout = (Integer) task.timeoutSeconds().evaluate(Scope.of(Map.of(), 0, Map.of()));
      assertTrue(timeout > functionTimeouts.get(task.name()), task.name());
    }
    assertFalse(definition.timeout().isEmpty());
  }
}
