package arena.simulation.cloud;

import arena.error.ErrorKind;
import arena.lifecycle.FinalizeInvoker;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.run.Failure;
import arena.run.RunId;
import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.scheduler.Sandbox;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.stores.Call;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** The state machine's executions, one per run, with the tasks and retriers of its definition. */
public final class Executions implements ReplayExecutions, FinalizeInvoker {
  private static final long SECOND = 1_000_000;

  /** The work of the tasks. */
  public interface Tasks {
    /** Plays a turn; input and output are the state machine's JSON. */
    String playTurn(String task);

    /** Finalizes a run. */
    void finalizeRun(RunId runId, Optional<Failure> failure);

    /** Closes a run. */
    void closeRun(RunId runId);
  }

  private final ReplayDefinition definition;
  private final Tasks tasks;
  private final Lambda lambda;
  private final Scheduler scheduler;
  private final FaultyNetwork network;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private final Map<RunId, Sandbox> executions = new HashMap<>();

  /** Names of the executions that only finalize and close a run. */
  private final Set<String> endings = new HashSet<>();

  /** Next task of each run, which may still run after its execution has ended. */
  private final Map<RunId, Supplier<?>> detachedTasks = new HashMap<>();

  public Executions(
      ReplayDefinition definition,
      Tasks tasks,
      Lambda lambda,
      Scheduler scheduler,
      FaultyNetwork network,
      FaultInjector faults,
      Random random,
      Trace trace) {
    this.definition = definition;
    this.tasks = tasks;
    this.lambda = lambda;
    this.scheduler = scheduler;
    this.network = network;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
    network.beforeFailing(about -> runDetachedTask(RunId.of(about)));
  }

  /** Runs a task of an ended execution at the moment at which its run is failed. */
  private void runDetachedTask(RunId runId) {
    if (detachedTasks.containsKey(runId) && faults.occurs(Event.TASK_RESUMES_UNDER_REAPER, 20)) {
      lambda.start(Function.REPLAY_TURN, detachedTasks.remove(runId));
      scheduler.sleep(random.nextLong(SECOND / 10));
    }
  }

  @Override
  public void start(TurnTask first) {
    String input = TurnTaskCodec.write(first);
    call(
        Call.EXECUTIONS_START,
        first.runId(),
        () -> {
          if (!executions.containsKey(first.runId())) {
            String name = "execution-" + first.runId().value().substring(28);
            Sandbox sandbox = scheduler.newSandbox(name, definition.timeout());
            executions.put(first.runId(), sandbox);
            scheduler.start(name, sandbox, () -> new Execution(name, first.runId()).play(input));
          }
          return null;
        });
  }

  @Override
  public void finalizeRun(RunId runId, Optional<Failure> failure) {
    call(
        Call.FINALIZE_INVOKER_FINALIZE,
        runId,
        () -> {
          String name =
              String.format(
                  Locale.ROOT,
                  "execution-%s-end-%d",
                  runId.value().substring(28),
                  scheduler.now() / (60 * SECOND));
          if (endings.add(name)) {
            Sandbox sandbox = scheduler.newSandbox(name, definition.timeout());
            scheduler.start(name, sandbox, () -> new Execution(name, runId).end(failure));
          }
          return null;
        });
  }

  @Override
  public void stop(RunId runId, String cause) {
    call(
        Call.EXECUTIONS_STOP,
        runId,
        () -> {
          if (executions.containsKey(runId)) {
            executions.get(runId).end("stopped");
          }
          return null;
        });
  }

  private void call(Call call, RunId runId, Supplier<Void> effect) {
    network.call(call, runId.value(), effect, ServiceUnavailable::new);
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
    private final RunId runId;

    private Execution(String name, RunId runId) {
      this.name = name;
      this.runId = runId;
    }

    private void play(String input) {
      Optional<Failure> failure = Optional.empty();
      try {
        String task = input;
        do {
          String turn = task;
          maybeInterrupt(() -> tasks.playTurn(turn));
          Result result =
              attempt(definition.playTurn(), Function.REPLAY_TURN, () -> tasks.playTurn(turn));
          task = waited((String) result.value(), result.retries());
        } while (!TurnTaskCodec.read(task).done());
      } catch (TaskFailed e) {
        failure =
            Optional.of(
                new Failure(
                    ErrorKind.codeOf(e.error, e.getMessage()),
                    ErrorKind.reasonOf(e.error, e.getMessage())));
      }
      end(failure);
    }

    private void end(Optional<Failure> failure) {
      try {
        attempt(
            failure.isPresent() ? definition.finalizeFailedRun() : definition.finalizeRun(),
            Function.FINALIZE_RUN,
            () -> {
              tasks.finalizeRun(runId, failure);
              return "";
            });
      } catch (TaskFailed e) {
        trace.note(name, "not finalized: " + e.error);
        return;
      }
      try {
        attempt(
            definition.closeRun(),
            Function.FINALIZE_RUN,
            () -> {
              tasks.closeRun(runId);
              return "";
            });
        trace.note(name, failure.isPresent() ? "failed" : "succeeded");
      } catch (TaskFailed e) {
        trace.note(name, "not closed: " + e.error);
      }
    }

    /** Waits if the task has a wait, and counts the attempts of this visit. */
    private String waited(String output, int retries) {
      TurnTask task = TurnTaskCodec.read(output);
      if (task.modelWait().isEmpty()) {
        return output;
      }
      trace.note(
          name, String.format(Locale.ROOT, "waits for %d s", task.modelWait().get().seconds()));
      scheduler.sleep(task.modelWait().get().seconds() * SECOND);
      return TurnTaskCodec.write(
          new TurnTask(
              task.runId(),
              task.t(),
              task.seq(),
              task.position(),
              task.turnsLeft(),
              task.profile(),
              false,
              task.waits() + retries,
              task.modelWait(),
              task.behind()));
    }

    private void maybeInterrupt(Supplier<?> next) {
      detachedTasks.put(runId, next);
      if (faults.occurs(Event.EXECUTION_ABORTED, 1.5)) {
        throw executions.get(runId).die("stopped by an operator");
      }
      if (faults.occurs(Event.EXECUTION_TIMED_OUT, 1.5)) {
        throw executions.get(runId).die("timed out");
      }
    }

    /** The result of a task. */
    private record Result(Object value, int retries) {}

    private Result attempt(ReplayDefinition.Task task, Function function, Supplier<?> body)
        throws TaskFailed {
      int[] attempts = new int[task.retriers().size()];
      while (true) {
        switch (attemptOnce(task, function, body)) {
          case Outcome.Answer(Object value) -> {
            return new Result(value, Arrays.stream(attempts).sum());
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

    private Outcome attemptOnce(ReplayDefinition.Task task, Function function, Supplier<?> body) {
      if (faults.occurs(Event.TASK_THROTTLED, 1)) {
        return new Outcome.Failure("Lambda.TooManyRequestsException", "");
      }
      if (faults.occurs(Event.TASK_FAILED_BEFORE_START, 1)) {
        return new Outcome.Failure("Lambda.ServiceException", "");
      }
      if (faults.occurs(Event.TASK_INVOKED_TWICE, 1)) {
        trace.note(name, function.label() + " invoked twice");
        lambda.start(function, body);
      }
      if (faults.occurs(Event.TASK_DELAYED, 0.5)) {
        long delay = random.nextLong(60, 4_000) * SECOND;
        trace.note(
            name,
            function.label()
                + String.format(Locale.ROOT, " invoked again in %d s", delay / SECOND));
        scheduler.at(scheduler.now() + delay, () -> lambda.start(function, body));
      }
      if (faults.occurs(Event.TASK_RESPONSE_LOST, 1)) {
        lambda.start(function, body);
        scheduler.sleep(task.timeout());
        return new Outcome.Failure("States.Timeout", "");
      }
      return lambda.invoke(function, body, task.timeout());
    }
  }
}
