package arena.agent;

import arena.event.RawJson;
import arena.run.Usage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An agent's decision for one turn.
 *
 * @param actions compact JSON objects as the model wrote them; at most {@code Limits.MAX_ACTIONS}
 * @param reasoning the rest of the answer; at most {@code Limits.MAX_REASONING_CHARS} characters
 * @param costUsd cost of the call in US dollars; 0 if the price is unknown or the call was free
 * @param usage what the model's calls used; empty if no model was called
 */
public record Decision(
    List<RawJson> actions, String reasoning, double costUsd, Optional<Usage> usage) {
  public Decision {
    actions = List.copyOf(actions);
    Objects.requireNonNull(usage);
  }

  /** Creates a decision without a call of a model. */
  public Decision(List<RawJson> actions, String reasoning, double costUsd) {
    this(actions, reasoning, costUsd, Optional.empty());
  }
}
