package arena.agent;

import arena.event.RawJson;
import arena.text.Redactor;
import arena.world.World;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Redacts known secrets in a model's decisions, before they are journaled. */
final class RedactingAgent implements Agent {
  private static final JsonMapper JSON = new JsonMapper();

  /** Replaces an action that has a secret and cannot be redacted. */
  private static final RawJson WITHHELD = new RawJson("{\"type\":\"redacted\"}");

  private final Agent agent;
  private final Redactor redactor;

  RedactingAgent(Agent agent, Redactor redactor) {
    this.agent = agent;
    this.redactor = redactor;
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    Decision decision = agent.decide(world, stateSummary);
    return new Decision(
        decision.actions().stream().map(this::redacted).toList(),
        redactor.redactKnown(decision.reasoning()),
        decision.costUsd(),
        decision.usage());
  }

  /** Keeps the bytes of an action without a secret. */
  private RawJson redacted(RawJson action) {
    if (redactor.redactKnown(action.text()).equals(action.text())) {
      return action;
    }
    try {
      String clean = redactor.redactKnown(JSON.readTree(action.text())).toString();
      return redactor.redactKnown(clean).equals(clean) ? new RawJson(clean) : WITHHELD;
    } catch (JsonProcessingException _) {
      return WITHHELD;
    }
  }
}
