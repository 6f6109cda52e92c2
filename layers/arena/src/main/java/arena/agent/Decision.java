package arena.agent;

import arena.event.RawJson;
import java.util.List;

/**
 * An agent's decision for one turn.
 *
 * @param actions compact JSON objects as the model wrote them; at most {@code Limits.MAX_ACTIONS}
 * @param reasoning the rest of the answer; at most {@code Limits.MAX_REASONING_CHARS} characters
 * @param costUsd cost of the call in US dollars; 0 if the price is unknown or the call was free
 */
public record Decision(List<RawJson> actions, String reasoning, double costUsd) {
  public Decision {
    actions = List.copyOf(actions);
  }
}
