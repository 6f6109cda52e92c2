package arena.event;

import arena.run.RunId;
import arena.run.Usage;
import arena.world.World;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The content of an event; one record per kind. */
public sealed interface Payload {
  /** The {@code kind} in JSON, such as {@code turn_start}. */
  default String kind() {
    return switch (this) {
      case TurnStart _ -> "turn_start";
      case Observed _ -> "observation";
      case LlmPrompt _ -> "llm_prompt";
      case LlmResponse _ -> "llm_response";
      case ActionTaken _ -> "action";
      case ActionResult _ -> "action_result";
      case WorldMutation _ -> "world_mutation";
      case Fork _ -> "fork";
      case Metric _ -> "metric";
    };
  }

  /** The start of a turn; {@code state} is the world before the turn's actions. */
  record TurnStart(int turnNum, World state) implements Payload {
    public TurnStart {
      Objects.requireNonNull(state);
    }
  }

  /** The agent's {@link arena.world.Observation}. */
  record Observed(int entityCount, List<String> classes) implements Payload {
    public Observed {
      classes = List.copyOf(classes);
    }
  }

  /** The state summary that is sent to the model. */
  record LlmPrompt(String stateSummary) implements Payload {
    public LlmPrompt {
      Objects.requireNonNull(stateSummary);
    }
  }

  /**
   * The model's response: its actions, each a JSON object as the model wrote it; {@code costUsd} is
   * finite and not negative; {@code usage} is empty if no model was called.
   */
  record LlmResponse(List<RawJson> actions, String reasoning, double costUsd, Optional<Usage> usage)
      implements Payload {
    public LlmResponse {
      actions = List.copyOf(actions);
      Objects.requireNonNull(reasoning);
      Objects.requireNonNull(usage);
      if (!(costUsd >= 0) || Double.isInfinite(costUsd)) {
        throw new IllegalArgumentException(
            "cost_usd must be a finite number of at least 0: " + costUsd);
      }
    }

    /** Creates a response without a call of a model. */
    public LlmResponse(List<RawJson> actions, String reasoning, double costUsd) {
      this(actions, reasoning, costUsd, Optional.empty());
    }
  }

  /** One action of the turn, as the model wrote it; {@code indexInTurn} counts from 0. */
  record ActionTaken(int indexInTurn, RawJson action) implements Payload {
    public ActionTaken {
      Objects.requireNonNull(action);
    }
  }

  /** The result of one action. */
  record ActionResult(int indexInTurn, String actionType, boolean stateChanged) implements Payload {
    public ActionResult {
      Objects.requireNonNull(actionType);
    }
  }

  /** A change of the world by the operator at a fork. */
  record WorldMutation(String beforeSummary, String afterSummary, String reason)
      implements Payload {
    public WorldMutation {
      Objects.requireNonNull(beforeSummary);
      Objects.requireNonNull(afterSummary);
      Objects.requireNonNull(reason);
    }
  }

  /** The run's origin; {@code mutationSummary} is empty if the fork changed nothing. */
  record Fork(RunId parentRunId, int parentT, String mutationSummary) implements Payload {
    public Fork {
      Objects.requireNonNull(parentRunId);
      Objects.requireNonNull(mutationSummary);
    }
  }

  /** A named, finite value recorded in the run. */
  record Metric(String name, double value) implements Payload {
    public Metric {
      Objects.requireNonNull(name);
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a metric's value must be finite: " + value);
      }
    }
  }
}
