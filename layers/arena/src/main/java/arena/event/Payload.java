package arena.event;

import arena.world.World;
import java.util.List;
import java.util.Objects;

/** What one event says; each kind has its own fields. */
public sealed interface Payload {
  /** The {@code kind} of the event, such as {@code turn_start}. */
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

  /** A turn begins; {@code state} is the world before the turn's actions. */
  record TurnStart(int turnNum, World state) implements Payload {
    /** Refuses a missing state. */
    public TurnStart {
      Objects.requireNonNull(state);
    }
  }

  /** What the agent sees. */
  record Observed(int entityCount, List<String> classes) implements Payload {
    /** Keeps the list from changing. */
    public Observed {
      classes = List.copyOf(classes);
    }
  }

  /** What the model is shown. */
  record LlmPrompt(String stateSummary) implements Payload {
    /** Refuses a missing text. */
    public LlmPrompt {
      Objects.requireNonNull(stateSummary);
    }
  }

  /**
   * What the model answered: the actions as it wrote them, each a JSON object; {@code costUsd} is
   * finite and not negative.
   */
  record LlmResponse(List<RawJson> actions, String reasoning, double costUsd) implements Payload {
    /** Keeps the list from changing. */
    public LlmResponse {
      actions = List.copyOf(actions);
      Objects.requireNonNull(reasoning);
      if (!(costUsd >= 0) || Double.isInfinite(costUsd)) {
        throw new IllegalArgumentException("cost_usd is a finite number from 0, not " + costUsd);
      }
    }
  }

  /** One action of the turn, as the model wrote it; {@code indexInTurn} counts from 0. */
  record ActionTaken(int indexInTurn, RawJson action) implements Payload {
    /** Refuses a missing action. */
    public ActionTaken {
      Objects.requireNonNull(action);
    }
  }

  /** What the action did. */
  record ActionResult(int indexInTurn, String actionType, boolean stateChanged) implements Payload {
    /** Refuses a missing type. */
    public ActionResult {
      Objects.requireNonNull(actionType);
    }
  }

  /** The operator changed the world at a fork. */
  record WorldMutation(String beforeSummary, String afterSummary, String reason)
      implements Payload {
    /** Refuses missing texts. */
    public WorldMutation {
      Objects.requireNonNull(beforeSummary);
      Objects.requireNonNull(afterSummary);
      Objects.requireNonNull(reason);
    }
  }

  /**
   * The run was branched from another; {@code mutationSummary} is empty when nothing was changed.
   */
  record Fork(String parentRunId, int parentT, String mutationSummary) implements Payload {
    /** Refuses missing texts. */
    public Fork {
      Objects.requireNonNull(parentRunId);
      Objects.requireNonNull(mutationSummary);
    }
  }

  /** A finite number that the agent or the product recorded in the run. */
  record Metric(String name, double value) implements Payload {
    /** Refuses a missing name, and what JSON has no number for. */
    public Metric {
      Objects.requireNonNull(name);
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a metric is a finite number, not " + value);
      }
    }
  }
}
