package arena.run;

/** Limits of requests and runs. */
public final class Limits {
  private Limits() {}

  /** Maximum number of turns of a run or fork. */
  public static final int MAX_TURNS = 200;

  /** Default number of turns of a run or fork. */
  public static final int DEFAULT_TURNS = 10;

  /** Maximum value of a resource in a mutation. */
  public static final double MAX_RESOURCE = 1_000_000;

  /** Maximum population and pop_cap in a mutation. */
  public static final int MAX_POPULATION = 1_000;

  /** Maximum length of a label or profile name, in code points. */
  public static final int MAX_LABEL = 100;

  /** Maximum length of a reason, in code points. */
  public static final int MAX_REASON = 500;

  /** Maximum length of a model name, in code points. */
  public static final int MAX_MODEL = 200;

  /** Maximum number of actions per turn; further ones are dropped and reported in the reasoning. */
  public static final int MAX_ACTIONS = 50;

  /** Maximum length of an action's JSON, in characters. */
  public static final int MAX_ACTION_CHARS = 2_000;

  /** Maximum nesting depth of an action; the action itself is level 1. */
  public static final int MAX_ACTION_DEPTH = 20;

  /** Maximum length of a reasoning, in code points. */
  public static final int MAX_REASONING_CHARS = 20_000;

  /** Maximum length of a model's text that is parsed, in characters. */
  public static final int MAX_ANSWER_CHARS = 200_000;

  /** Token limit of a model's answer. */
  public static final int MAX_ANSWER_TOKENS = 4_096;

  /** Maximum size of a model service's response, in bytes. */
  public static final int MAX_ANSWER_BYTES = 2 * 1024 * 1024;

  /** Maximum size of a request body, in bytes. */
  public static final int MAX_BODY_BYTES = 64 * 1024;

  /** Maximum number of events per page. */
  public static final int MAX_EVENTS_PAGE = 1_000;

  /**
   * Maximum size of a page of events, in bytes. A Lambda response is limited to 6 MB and contains
   * the page as a JSON string, in which every quote and backslash takes two bytes.
   */
  public static final int MAX_EVENTS_PAGE_BYTES = 2_500_000;

  /** Maximum number of runs per page. */
  public static final int MAX_RUNS_PAGE = 100;

  /** Default number of runs per page. */
  public static final int DEFAULT_RUNS_PAGE = 50;

  /** Maximum number of runs that are read for a page of a search. */
  public static final int MAX_RUNS_SEARCHED = 1_000;

  /** Maximum length of a text to search labels for, in code points. */
  public static final int MAX_SEARCH_TEXT = MAX_LABEL;

  /** Maximum number of runs per request for series. */
  public static final int MAX_SERIES_RUNS = 20;

  /** Maximum number of cells of a comparison: 8 arms with 50 replicas. */
  public static final int MAX_CELLS = 400;

  /**
   * Maximum size of the state that an experiment forks, as JSON in bytes: about 10,000 buildings.
   * It is part of the plan, whose item may have 400 KB.
   */
  public static final int MAX_FORKED_STATE_BYTES = 160 * 1024;

  /** Minimum number of arms of an experiment. */
  public static final int MIN_ARMS = 2;

  /** Maximum number of arms of an experiment. */
  public static final int MAX_ARMS = 8;

  /** Maximum number of replicas of an arm. */
  public static final int MAX_REPLICAS = 50;

  /** Default number of replicas of an arm. */
  public static final int DEFAULT_REPLICAS = 5;

  /** Minimum number of profiles of a race. */
  public static final int MIN_RACE_PROFILES = 2;

  /** Maximum number of profiles of a race. */
  public static final int MAX_RACE_PROFILES = 16;

  /** Maximum number of rounds of a race. */
  public static final int MAX_ROUNDS = 50;

  /** Default number of rounds of a race. */
  public static final int DEFAULT_ROUNDS = 5;

  /** Default number of turns of a race's runs. */
  public static final int DEFAULT_RACE_TURNS = 30;

  /**
   * Minimum budget of a comparison, in US dollars: less than any call costs, and a number that
   * DynamoDB can compare.
   */
  public static final double MIN_BUDGET_USD = 0.000_001;

  /** Maximum budget of a comparison, in US dollars. */
  public static final double MAX_BUDGET_USD = 1_000_000;

  /** Maximum budget of a comparison, in turns: those of the largest one. */
  public static final int MAX_BUDGET_TURNS = MAX_CELLS * MAX_TURNS;

  /** Maximum seed of a comparison's statistics; every integer up to it is exact in JSON. */
  public static final long MAX_SEED = (1L << 53) - 1;

  /** Cuts a text to {@code max} code points, ending with an ellipsis if it was longer. */
  public static String cut(String text, int max) {
    if (text.codePointCount(0, text.length()) <= max) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, max - 1)) + "…";
  }
}
