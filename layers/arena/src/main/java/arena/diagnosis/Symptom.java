package arena.diagnosis;

import java.util.Locale;

/** What somebody who watches the run sees. */
public enum Symptom {
  /** It has only just been asked for. */
  STARTING(true, "it has only just been asked for"),

  /** It plays. */
  PLAYING(true, "it plays"),

  /** All turns are played; the end is being written. */
  ENDING(true, "it is being archived and closed"),

  /** It played to its end. */
  COMPLETE(true, "it is complete"),

  /** It grows by a few events a turn, and the town does not change. */
  PLAYING_WITHOUT_EFFECT(false, "it plays, but nothing happens in the world"),

  /** A reader says Streaming, and nothing comes. */
  STREAMING_WITHOUT_GROWTH(false, "Streaming, few events, no growth"),

  /** A reader says Streaming for a while, and then Error or Closed. */
  GROWTH_THEN_ERROR(false, "Streaming, steady growth, then Error"),

  /** A reader says Closed before it has seen a turn. */
  CLOSED_AT_ONCE(false, "Closed at once"),

  /** It is not in the list of runs. */
  NEVER_IN_RUNS(false, "never in /runs"),

  /** The facts fit none of these. */
  UNKNOWN(false, "the facts fit no known symptom");

  private final boolean healthy;
  private final String words;

  Symptom(boolean healthy, String words) {
    this.healthy = healthy;
    this.words = words;
  }

  /** Whether nothing is wrong. */
  public boolean healthy() {
    return healthy;
  }

  /** How an operator would say it. */
  public String words() {
    return words;
  }

  /** As answers have it, such as {@code closed_at_once}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
