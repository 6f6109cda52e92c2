package arena.simulation.cloud;

import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.run.Failure;
import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.scheduler.Sandbox;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.stores.Call;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** The state machine's executions, one a run, by the tasks of its definition. */
public final class Executions implements ReplayExecutions {
  private static final long SECOND = 1_000_000;

  /** What the tasks do. */
  public interface Tasks {
    /** Plays a turn: the state machine's own JSON in and out. */
    String playTurn(String task);

    /** Ends a run. */
    void finalizeRun(String runId, Optional<Failure> failure);
  }

  private final ReplayDefinition definition;
  private final Tasks tasks;
  private final Lambda lambda;
  private final Scheduler scheduler;
  private final FaultyNetwork wire;
  private final FaultInjector weather;
  private final Random random;
  private final Trace trace;
  private final Map<String, Sandbox> executions = new HashMap<>();

  /** Tasks that their executions do not wait for any more, by the run. */
  private final Map<String, Supplier<?>> sleepers = new HashMap<>();

  /** Executes this definition. */
  public Executions(
      ReplayDefinition definition,
      Tasks tasks,
      Lambda lambda,
      Scheduler scheduler,
      FaultyNetwork wire,
      FaultInjector weather,
      Random random,
      Trace trace) {
    this.definition = definition;
    this.tasks = tasks;
    this.lambda = lambda;
    this.scheduler = scheduler;
    this.wire = wire;
    this.weather = weather;
    this.random = random;
    this.trace = trace;
    wire.beforeFailing(this::wakeSleeper);
  }

  /** A task whose execution is gone goes on at the very moment at which its run is failed. */
  private void wakeSleeper(String runId) {
    if (sleepers.containsKey(runId) && weather.has(Event.TASK_WAKES_UNDER_REAPER, 20)) {
      lambda.start(Function.REPLAY_TURN, sleepers.remove(runId));
      scheduler.sleep(random.nextLong(SECOND / 10));
    }
  }

  @Override
  public void start(TurnTask first) {
    String input = TurnTaskCodec.write(first);
    call(
        Call.REPLAYS_START,
        first.runId(),
        () -> {
          if (!executions.containsKey(first.runId())) {
            String name = "execution-" + first.runId().substring(28);
            Sandbox life = scheduler.life(name, definition.timeout());
            executions.put(first.runId(), life);
            scheduler.start(name, life, () -> new Execution(name, first.runId()).play(input));
          }
          return null;
        });
  }

  @Override
  public void stop(String runId, String cause) {
    call(
        Call.REPLAYS_STOP,
        runId,
        () -> {
          if (executions.containsKey(runId)) {
            executions.get(runId).end("stopped");
          }
          return null;
        });
  }

  private void call(Call call, String runId, Supplier<Void> effect) {
    wire.call(call, runId, effect, ServiceUnavailable::new);
  }

  private static final class TaskFailed extends Exception {
    private final String error;

    private TaskFailed(String error, String cause) {
      super(cause, null, false, false);
      this.error = error;
    }
  }

  private final class Execution {
    private final String name;
    private final String runId;

    private Execution(String name, String runId) {
      this.name = name;
      this.runId = runId;
    }

    private void play(String input) {
      Optional<Failure> failure = Optional.empty();
      try {
        String task = input;
        do {
          String turn = task;
          interruptPerhaps(() -> tasks.playTurn(turn));
          task =
              (String)
                  attempt(definition.playTurn(), Function.REPLAY_TURN, () -> tasks.playTurn(turn));
        } while (!TurnTaskCodec.read(task).done());
      } catch (TaskFailed e) {
        String code = e.error.substring(e.error.lastIndexOf('.') + 1);
        failure = Optional.of(new Failure(code, e.getMessage()));
      }
      try {
        Optional<Failure> why = failure;
        attempt(
            why.isPresent() ? definition.finalizeFailedRun() : definition.finalizeRun(),
            Function.FINALIZE_RUN,
            () -> {
              tasks.finalizeRun(runId, why);
              return "";
            });
        trace.note(name, failure.isPresent() ? "failed" : "succeeded");
      } catch (TaskFailed e) {
        trace.note(name, "not finalized: " + e.error);
      }
    }

    private void interruptPerhaps(Supplier<?> next) {
      sleepers.put(runId, next);
      if (weather.has(Event.EXECUTION_ABORTED, 1.5)) {
        throw executions.get(runId).die("stopped by an operator");
      }
      if (weather.has(Event.EXECUTION_TIMED_OUT, 1.5)) {
        throw executions.get(runId).die("over its time");
      }
    }

    private Object attempt(ReplayDefinition.Task task, Function function, Supplier<?> body)
        throws TaskFailed {
      int[] attempts = new int[task.retriers().size()];
      while (true) {
        switch (once(task, function, body)) {
          case Outcome.Answer(Object value) -> {
            return value;
          }
          case Outcome.Failure(String error, String message) -> {
            int retrier = task.retrierOf(error);
            if (retrier < 0 || attempts[retrier] >= task.retriers().get(retrier).maxAttempts()) {
              throw new TaskFailed(error, message);
            }
            scheduler.sleep(
                task.retriers().get(retrier).delay(attempts[retrier], random.nextDouble()));
            attempts[retrier]++;
          }
        }
      }
    }

    private Outcome once(ReplayDefinition.Task task, Function function, Supplier<?> body) {
      if (weather.has(Event.TASK_REFUSED, 1)) {
        return new Outcome.Failure("Lambda.TooManyRequestsException", "");
      }
      if (weather.has(Event.TASK_FAILED_UNDONE, 1)) {
        return new Outcome.Failure("Lambda.ServiceException", "");
      }
      if (weather.has(Event.TASK_TWICE, 1)) {
        trace.note(name, function.label() + " is done twice");
        lambda.start(function, body);
      }
      if (weather.has(Event.TASK_OVERSLEPT, 0.5)) {
        long delay = random.nextLong(60, 4_000) * SECOND;
        trace.note(
            name,
            function.label()
                + String.format(Locale.ROOT, " is done once more, in %d s", delay / SECOND));
        scheduler.at(scheduler.now() + delay, () -> lambda.start(function, body));
      }
      if (weather.has(Event.TASK_ANSWER_LOST, 1)) {
        lambda.start(function, body);
        scheduler.sleep(task.timeout());
        return new Outcome.Failure("States.Timeout", "");
      }
      return lambda.invoke(function, body, task.timeout());
    }
  }
}
