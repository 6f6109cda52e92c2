package arena.simulation.cloud;

import arena.comparison.CellTask;
import arena.comparison.ComparisonExecutions;
import arena.comparison.ComparisonId;
import arena.json.Json;
import arena.run.RunId;
import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.scheduler.Sandbox;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedProcess;
import arena.simulation.stores.Call;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The executions that play comparisons, with the tasks and retriers of their definition. They play
 * runs by the executions of the other state machine.
 */
public final class CompareExecutions implements ComparisonExecutions {
  private static final long SECOND = 1_000_000;

  /** One of this many steps of an execution that never ends its comparison is its last one. */
  private static final int STEPS_OF_DOOMED = 6;

  /** Events of an execution's history, which has a limit, for a task and the choice after it. */
  private static final int EVENTS_OF_TASK = 7;

  private static final int MAX_EVENTS = 25_000;

  private final CompareDefinition definition;
  private final UnaryOperator<String> playCell;
  private final Executions runs;
  private final TaskInvoker taskInvoker;
  private final Scheduler scheduler;
  private final FaultyNetwork network;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;
  private final Map<String, Execution> executions = new HashMap<>();
  private final Set<ComparisonId> known = new HashSet<>();
  private final Set<ComparisonId> doomed = new HashSet<>();

  /**
   * @param playCell the function {@code play-cell}: input and output are JSON
   * @param runs the executions of runs
   */
  public CompareExecutions(
      Definitions definitions,
      UnaryOperator<String> playCell,
      Executions runs,
      Lambda lambda,
      Scheduler scheduler,
      FaultyNetwork network,
      FaultInjector faults,
      Random random,
      Trace trace) {
    this.definition = definitions.compare();
    this.playCell = playCell;
    this.runs = runs;
    this.taskInvoker = new TaskInvoker(lambda, scheduler, faults, random, trace);
    this.scheduler = scheduler;
    this.network = network;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
  }

  /** Whether every execution of the comparison dies before it ends the comparison. */
  public boolean isDoomed(ComparisonId id) {
    return doomed.contains(id);
  }

  @Override
  public void start(ComparisonId id, int generation) {
    network.call(
        Call.COMPARISON_EXECUTIONS_START,
        id.value(),
        () -> {
          if (known.add(id) && faults.occurs(Event.COMPARISON_DOOMED, 2)) {
            doomed.add(id);
          }
          executions.computeIfAbsent(name(id, generation), name -> launch(name, id, generation));
          return null;
        },
        ServiceUnavailable::new);
  }

  /** Eventually consistent, as the service describes it. */
  @Override
  public State state(ComparisonId id, int generation) {
    return network.call(
        Call.COMPARISON_EXECUTIONS_STATE,
        id.value(),
        () -> {
          Execution execution = executions.get(name(id, generation));
          return execution == null ? State.UNKNOWN : execution.state(network.lagMillis());
        },
        ServiceUnavailable::new);
  }

  private static String name(ComparisonId id, int generation) {
    return String.format(Locale.ROOT, "%s-%d", id, generation);
  }

  private Execution launch(String name, ComparisonId id, int generation) {
    String label = "compare-" + name.substring(28);
    Sandbox sandbox = scheduler.newSandbox(label, definition.timeout());
    Execution execution = new Execution(label, id, sandbox);
    scheduler.start(
        label,
        sandbox,
        () -> {
          try {
            execution.play(CellTask.input(id, generation));
          } finally {
            execution.endedAt = scheduler.now();
          }
        });
    return execution;
  }

  private final class Execution {
    private final String name;
    private final ComparisonId id;
    private final Sandbox sandbox;
    private final long startedAt = scheduler.now();
    private final Set<RunId> playing = new LinkedHashSet<>();
    private long endedAt = Long.MAX_VALUE;
    private int events;

    private Execution(String name, ComparisonId id, Sandbox sandbox) {
      this.name = name;
      this.id = id;
      this.sandbox = sandbox;
    }

    private State state(long lagMillis) {
      long lag = lagMillis * 1_000;
      if (scheduler.now() < startedAt + lag) {
        return State.UNKNOWN;
      }
      return scheduler.now() - lag < endedAt ? State.RUNNING : State.ENDED;
    }

    private void play(String input) {
      try {
        ObjectNode state = (ObjectNode) read(input);
        do {
          state.setAll((ObjectNode) perform(definition.claim(), state, "claim"));
          if (state.path("action").asText().equals("queued")) {
            break;
          }
          if (state.path("action").asText().equals("play")) {
            playProviders(state.path("providers"));
            state.put("passes", state.path("passes").asInt() + 1);
          }
          state.setAll((ObjectNode) perform(definition.release(), state, "release"));
        } while (state.path("action").asText().equals("again"));
        trace.note(name, "succeeded");
      } catch (TaskInvoker.TaskFailed e) {
        trace.note(name, "failed: " + e.error());
      }
    }

    private JsonNode perform(TaskState task, JsonNode state, String step)
        throws TaskInvoker.TaskFailed {
      maybeDie(step.equals("release"));
      events += EVENTS_OF_TASK;
      if (events > MAX_EVENTS) {
        throw sandbox.die("history limit");
      }
      String input = ((ObjectNode) state.deepCopy()).put("step", step).toString();
      return read(
          (String)
              taskInvoker
                  .invoke(name, task, Function.PLAY_CELL, () -> playCell.apply(input))
                  .value());
    }

    /** Ends the execution, as a fault or as one that never ends its comparison. */
    private void maybeDie(boolean last) {
      boolean dies =
          isDoomed(id)
              ? last || random.nextInt(STEPS_OF_DOOMED) == 0
              : faults.occurs(Event.COMPARISON_EXECUTION_ENDED, 3);
      if (dies) {
        // The service stops the executions that it waits for, as far as it can.
        playing.stream().filter(_ -> random.nextBoolean()).forEach(runs::stopNested);
        throw sandbox.die("stopped by an operator");
      }
    }

    private void playProviders(JsonNode providers) {
      List<SimulatedProcess> workers = new ArrayList<>();
      SimulatedProcess owner = scheduler.current();
      for (JsonNode provider : providers) {
        Deque<Integer> cells = new ArrayDeque<>();
        provider.path("cells").forEach(cell -> cells.add(cell.asInt()));
        for (int i = Math.min(provider.path("concurrency").asInt(), cells.size()); i > 0; i--) {
          workers.add(
              scheduler.start(
                  name + "/" + provider.path("provider").asText(),
                  sandbox,
                  () -> {
                    while (!cells.isEmpty()) {
                      playCell(cells.poll());
                    }
                    scheduler.wake(owner);
                  }));
        }
      }
      while (workers.stream().anyMatch(worker -> !worker.isOver())) {
        scheduler.pause(Long.MAX_VALUE);
      }
    }

    private void playCell(int cell) {
      ObjectNode state = Json.object().put("comparison_id", id.value()).put("cell", cell);
      state.put("waited", 0);
      boolean starts = true;
      while (true) {
        if (starts && !startCell(state)) {
          return;
        }
        JsonNode ended;
        try {
          ended = perform(definition.endCell(), state, "end");
        } catch (TaskInvoker.TaskFailed e) {
          trace.note(name, "cell not ended: " + e.error());
          return;
        }
        String action = ended.path("action").asText();
        if (action.equals("done")) {
          return;
        }
        state.put("waited", ended.path("waited").asLong());
        scheduler.sleep(ended.path("seconds").asLong() * SECOND);
        starts = action.equals("restart");
      }
    }

    /** Starts a cell and plays its run; returns false if it has ended or is not to be started. */
    private boolean startCell(JsonNode state) {
      try {
        JsonNode started = perform(definition.startCell(), state, "start");
        switch (started.path("action").asText()) {
          case "play" -> playRun(RunId.of(started.path("name").asText()), started.path("input"));
          case "end" -> {
            // it is ended at once
          }
          default -> {
            return false;
          }
        }
      } catch (TaskInvoker.TaskFailed e) {
        trace.note(name, "cell not played: " + e.error());
      }
      return true;
    }

    private void playRun(RunId runId, JsonNode input) throws TaskInvoker.TaskFailed {
      maybeDie(false);
      playing.add(runId);
      try {
        taskInvoker.retry(definition.playRun(), () -> playOnce(runId, input.toString()));
      } finally {
        playing.remove(runId);
      }
    }

    private Outcome playOnce(RunId runId, String input) {
      if (faults.occurs(Event.TASK_THROTTLED, 1)) {
        return new Outcome.Failure("StepFunctions.ExecutionLimitExceededException", "");
      }
      if (faults.occurs(Event.TASK_FAILED_BEFORE_START, 1)) {
        return new Outcome.Failure("StepFunctions.SfnException", "");
      }
      long timeout = definition.playRun().timeout();
      if (faults.occurs(Event.TASK_RESPONSE_LOST, 1)) {
        runs.play(runId, input, 0);
        return new Outcome.Failure("StepFunctions.SdkClientException", "");
      }
      return runs.play(runId, input, timeout);
    }
  }

  private static JsonNode read(String json) {
    try {
      return Json.read(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(json, e);
    }
  }
}
