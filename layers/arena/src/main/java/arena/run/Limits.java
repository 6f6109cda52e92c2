package arena.run;

/** The limits of requests and runs, in one place. Reaching one is an error that names it. */
public final class Limits {
  private Limits() {}

  /** Most turns that one run or fork plays. */
  public static final int MAX_TURNS = 200;

  /** Turns that a run or fork plays when the request does not say. */
  public static final int DEFAULT_TURNS = 10;

  /** Largest value of a resource in a mutation. */
  public static final double MAX_RESOURCE = 1_000_000;

  /** Largest population and pop_cap in a mutation. */
  public static final int MAX_POPULATION = 1_000;

  /** Longest label and profile name, in characters: whole ones, as Unicode counts them. */
  public static final int MAX_LABEL = 100;

  /** Longest reason, in characters: whole ones, as Unicode counts them. */
  public static final int MAX_REASON = 500;

  /** Longest model name, in characters: whole ones, as Unicode counts them. */
  public static final int MAX_MODEL = 200;

  /**
   * Most actions of one turn that are done; a model's further ones are dropped, and its reasoning
   * says so.
   */
  public static final int MAX_ACTIONS = 50;

  /** Longest action that is kept, in characters of its JSON. */
  public static final int MAX_ACTION_CHARS = 2_000;

  /** Deepest nesting of an action that is kept; the action's own object is the first level. */
  public static final int MAX_ACTION_DEPTH = 20;

  /** Longest reasoning that is kept, in characters: whole ones, as Unicode counts them. */
  public static final int MAX_REASONING_CHARS = 20_000;

  /** Most characters of a model's text that are searched for its actions. */
  public static final int MAX_ANSWER_CHARS = 200_000;

  /** Most tokens that a model is asked to answer with. */
  public static final int MAX_ANSWER_TOKENS = 4_096;

  /** Largest answer of a model's service that is read, in bytes. */
  public static final int MAX_ANSWER_BYTES = 2 * 1024 * 1024;

  /** Largest request body, in bytes. */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  /** Most events that one page holds. */
  public static final int MAX_EVENTS_PAGE = 1_000;

  /**
   * Largest page of events, in bytes of UTF-8. Lambda answers with at most 6 MB, and wraps the page
   * in a JSON string, where every quote and backslash takes two bytes.
   */
  public static final int MAX_EVENTS_PAGE_BYTES = 2_500_000;

  /** Most runs that one page holds. */
  public static final int MAX_RUNS_PAGE = 100;

  /** Runs that one page holds when the request does not say. */
  public static final int DEFAULT_RUNS_PAGE = 50;

  /** Most runs that one call for series names. */
  public static final int MAX_SERIES_RUNS = 20;

  /**
   * The text, or so much of its beginning that it has at most {@code max} characters: whole ones,
   * as Unicode counts them.
   */
  public static String cut(String text, int max) {
    if (text.codePointCount(0, text.length()) <= max) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, max - 1)) + "…";
  }
}
