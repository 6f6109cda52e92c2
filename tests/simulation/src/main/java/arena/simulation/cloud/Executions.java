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
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
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
  private final TaskInvoker taskInvoker;
  private final Lambda lambda;
  private final Scheduler scheduler;
  private final FaultyNetwork network;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private final Map<RunId, Started> executions = new HashMap<>();

  /** Names of the executions that only finalize and close a run. */
  private final Set<String> endings = new HashSet<>();

  /** Next task of each run, which may still run after its execution has ended. */
  private final Map<RunId, Supplier<?>> detachedTasks = new HashMap<>();

  public Executions(
      Definitions definitions,
      Tasks tasks,
      Lambda lambda,
      Scheduler scheduler,
      FaultyNetwork network,
      FaultInjector faults,
      Random random,
      Trace trace) {
    this.definition = definitions.replay();
    this.tasks = tasks;
    this.taskInvoker = new TaskInvoker(lambda, scheduler, faults, random, trace);
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
            launch(first.runId(), input);
          }
          return null;
        });
  }

  /** A started execution. */
  private final class Started {
    private final String input;
    private final Sandbox sandbox;
    private final List<SimulatedProcess> waiters = new ArrayList<>();
    private boolean ended;

    private Started(String input, Sandbox sandbox) {
      this.input = input;
      this.sandbox = sandbox;
    }

    private void end() {
      ended = true;
      waiters.forEach(scheduler::wake);
      waiters.clear();
    }

    private void stop() {
      sandbox.end("stopped");
      end();
    }
  }

  private Started launch(RunId runId, String input) {
    String name = "execution-" + runId.value().substring(28);
    Started started = new Started(input, scheduler.newSandbox(name, definition.timeout()));
    executions.put(runId, started);
    scheduler.start(
        name,
        started.sandbox,
        () -> {
          try {
            new Execution(name, runId).play(input);
          } finally {
            started.end();
          }
        });
    return started;
  }

  /**
   * Starts a run's execution for an execution of another state machine, as {@code
   * startExecution.sync} does, and waits for its end.
   *
   * @param input its input; an execution that runs with the same input is waited for
   * @param timeout in microseconds
   */
  Outcome play(RunId runId, String input, long timeout) {
    Started started = executions.get(runId);
    if (started != null && (started.ended || !started.input.equals(input))) {
      return new Outcome.Failure("StepFunctions.ExecutionAlreadyExistsException", "");
    }
    if (started == null) {
      started = launch(runId, input);
    }
    long until = scheduler.now() + timeout;
    while (!started.ended && scheduler.now() < until) {
      started.waiters.add(scheduler.current());
      scheduler.pause(until - scheduler.now());
    }
    return started.ended ? new Outcome.Answer("") : new Outcome.Failure("States.Timeout", "");
  }

  /** Stops a run's execution with the one that waits for it. */
  void stopNested(RunId runId) {
    if (executions.containsKey(runId)) {
      executions.get(runId).stop();
    }
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
          stopNested(runId);
          return null;
        });
  }

  private void call(Call call, RunId runId, Supplier<Void> effect) {
    network.call(call, runId.value(), effect, ServiceUnavailable::new);
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
          TaskInvoker.Result result =
              taskInvoker.invoke(
                  name, definition.playTurn(), Function.REPLAY_TURN, () -> tasks.playTurn(turn));
          task = waited((String) result.value(), result.retries());
        } while (!TurnTaskCodec.read(task).done());
      } catch (TaskInvoker.TaskFailed e) {
        failure =
            Optional.of(
                new Failure(
                    ErrorKind.codeOf(e.error(), e.getMessage()),
                    ErrorKind.reasonOf(e.error(), e.getMessage())));
      }
      end(failure);
    }

    private void end(Optional<Failure> failure) {
      try {
        taskInvoker.invoke(
            name,
            failure.isPresent() ? definition.finalizeFailedRun() : definition.finalizeRun(),
            Function.FINALIZE_RUN,
            () -> {
              tasks.finalizeRun(runId, failure);
              return "";
            });
      } catch (TaskInvoker.TaskFailed e) {
        trace.note(name, "not finalized: " + e.error());
        return;
      }
      try {
        taskInvoker.invoke(
            name,
            definition.closeRun(),
            Function.FINALIZE_RUN,
            () -> {
              tasks.closeRun(runId);
              return "";
            });
        trace.note(name, failure.isPresent() ? "failed" : "succeeded");
      } catch (TaskInvoker.TaskFailed e) {
        trace.note(name, "not closed: " + e.error());
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
        throw executions.get(runId).sandbox.die("stopped by an operator");
      }
      if (faults.occurs(Event.EXECUTION_TIMED_OUT, 1.5)) {
        throw executions.get(runId).sandbox.die("timed out");
      }
    }
  }
}
