package arena.agent;

import arena.event.RawJson;
import java.util.List;

/**
 * What an agent decided for one turn.
 *
 * @param actions JSON objects as the model wrote them, compact; at most {@code Limits.MAX_ACTIONS}
 * @param reasoning what it said beside them; at most {@code Limits.MAX_REASONING_CHARS}
 * @param costUsd what the call cost, in US dollars; 0 when the price is unknown or nothing was paid
 */
public record Decision(List<RawJson> actions, String reasoning, double costUsd) {
  public Decision {
    actions = List.copyOf(actions);
  }
}
