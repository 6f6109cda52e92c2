package arena.diagnosis;

import java.util.Locale;

/** What an observer of the run sees. */
public enum Symptom {
  /** The run was just created. */
  STARTING(true, "just created"),
  /** The run makes progress. */
  PLAYING(true, "playing"),
  /** All turns are played; the run is being archived and closed. */
  ENDING(true, "being archived and closed"),
  /** The run is complete. */
  COMPLETE(true, "complete"),
  /** The run makes progress, but the world does not change. */
  PLAYING_WITHOUT_EFFECT(false, "playing, but the world does not change"),

  /** The frontend shows Streaming, but no events arrive. */
  STREAMING_WITHOUT_GROWTH(false, "Streaming, few events, no growth"),

  /** The frontend shows Streaming, then Error or Closed. */
  GROWTH_THEN_ERROR(false, "Streaming, steady growth, then Error"),

  /** The frontend shows Closed before the first turn. */
  CLOSED_AT_ONCE(false, "Closed at once"),

  /** The run is not in the list of runs. */
  NEVER_IN_RUNS(false, "never in /runs"),

  /** None of the above. */
  UNKNOWN(false, "unknown");

  private final boolean healthy;
  private final String description;

  Symptom(boolean healthy, String description) {
    this.healthy = healthy;
    this.description = description;
  }

  /** Whether this is a normal state. */
  public boolean healthy() {
    return healthy;
  }

  /** A description for operators. */
  public String description() {
    return description;
  }

  /** The name in JSON, such as {@code closed_at_once}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
