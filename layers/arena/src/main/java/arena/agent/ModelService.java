package arena.agent;

/** A kind of model service that is reached by a base URL, and its settings. */
public enum ModelService {
  /** An OpenAI-compatible chat completions endpoint. */
  OPENAI("OPENAI", "/chat/completions", ""),
  /** Anthropic's Messages API. */
  ANTHROPIC("ANTHROPIC", "/messages", "/v1");

  /** The service of Anthropic. */
  public static final String ANTHROPIC_BASE_URL = "https://api.anthropic.com";

  private final String name;
  private final String call;
  private final String version;

  ModelService(String name, String call, String version) {
    this.name = name;
    this.call = call;
    this.version = version;
  }

  /** The environment variable with the base URL. */
  public String baseVariable() {
    return "ARENA_" + name + "_BASE_URL";
  }

  /** The environment variable with the key. */
  public String keyVariable() {
    return "ARENA_" + name + "_API_KEY";
  }

  /** An address as an example for messages. */
  String example() {
    return this == OPENAI ? "https://host/v1" : ANTHROPIC_BASE_URL;
  }

  /** The path of the call below the path of a base URL, which may have all or part of it. */
  String path(String base) {
    if (base.endsWith(call)) {
      return base;
    }
    return base + (base.endsWith(version) ? "" : version) + call;
  }
}
