package arena.diagnosis;

import java.util.List;

/**
 * The result of a rule that matched.
 *
 * @param summary one sentence
 * @param evidence the facts that support it
 */
public record Finding(
    Cause cause, Symptom symptom, Confidence confidence, String summary, List<Evidence> evidence) {
  public Finding {
    evidence = List.copyOf(evidence);
  }
}
