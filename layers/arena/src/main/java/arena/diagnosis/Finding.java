package arena.diagnosis;

import java.util.List;

/**
 * What a rule makes of the facts.
 *
 * @param summary the finding in one sentence
 * @param evidence the facts that decided
 */
public record Finding(
    Cause cause, Symptom symptom, Confidence confidence, String summary, List<Evidence> evidence) {
  public Finding {
    evidence = List.copyOf(evidence);
  }
}
