package arena.agent;

import arena.run.Profile;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Finds the agent by the profile's model: {@code scripted}, {@code bedrock:<model id>} or {@code
 * openai:<model>}. Clients are made at the first turn that needs them, once.
 */
public final class ModelAgentResolver implements AgentResolver {
  /** Seconds that one model call may take when the environment does not say. */
  public static final int DEFAULT_TIMEOUT_SECONDS = 60;

  /** Most seconds that one model call may be given: a function lives for 15 minutes. */
  public static final int MAX_TIMEOUT_SECONDS = 840;

  /** Most agents kept. */
  private static final int MAX_AGENTS = 64;

  private static final String BEDROCK = "bedrock:";
  private static final String OPENAI = "openai:";

  /** A connection that takes longer than this is not going to be one. */
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final Map<String, String> environment;
  private final Duration timeout;
  private final Map<Profile, Agent> agents =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Profile, Agent> eldest) {
          return size() > MAX_AGENTS;
        }
      };
  private PriceTable prices;
  private BedrockRuntimeClient bedrock;
  private OpenAiAgent.Endpoint openAi;

  /**
   * Reads what the models need: {@code ARENA_MODEL_TIMEOUT_SECONDS}, and, when a profile asks for
   * it, {@code ARENA_OPENAI_BASE_URL} and {@code ARENA_OPENAI_API_KEY}.
   *
   * @param environment the function's environment variables
   * @throws IllegalArgumentException if the time-out is none
   */
  public ModelAgentResolver(Map<String, String> environment) {
    this.environment = environment;
    this.timeout = timeout(environment.getOrDefault("ARENA_MODEL_TIMEOUT_SECONDS", ""));
  }

  @Override
  public synchronized Agent forProfile(Profile profile) {
    Agent agent = agents.get(profile);
    if (agent == null) {
      agent = make(profile);
      agents.put(profile, agent);
    }
    return agent;
  }

  private Agent make(Profile profile) {
    String model = profile.model();
    if (model.equals(Profile.SCRIPTED)) {
      return new ScriptedAgent(profile.promptVariant());
    }
    if (model.startsWith(BEDROCK) && model.length() > BEDROCK.length()) {
      return new BedrockAgent(
          bedrock(), timeout, profile, model.substring(BEDROCK.length()), prices());
    }
    if (model.startsWith(OPENAI) && model.length() > OPENAI.length()) {
      return new OpenAiAgent(openAi(), profile, model.substring(OPENAI.length()), prices());
    }
    throw new ModelRefused(
        "The model '%s' is none that this arena knows: use scripted, bedrock:<model id> or openai:<model>."
            .formatted(model),
        null);
  }

  private PriceTable prices() {
    if (prices == null) {
      prices = PriceTable.load();
    }
    return prices;
  }

  private BedrockRuntimeClient bedrock() {
    if (bedrock == null) {
      bedrock = BedrockAgent.client(timeout);
    }
    return bedrock;
  }

  private OpenAiAgent.Endpoint openAi() {
    if (openAi == null) {
      String base = environment.getOrDefault("ARENA_OPENAI_BASE_URL", "").strip();
      String key = environment.getOrDefault("ARENA_OPENAI_API_KEY", "").strip();
      if (!key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
        throw new ModelRefused(
            "ARENA_OPENAI_API_KEY holds a character that no key has; set it anew.", null);
      }
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(connectTimeout(timeout))
              .followRedirects(HttpClient.Redirect.NEVER) // the key goes to nobody else
              .build();
      openAi = new OpenAiAgent.Endpoint(client, completions(base), key, timeout);
    }
    return openAi;
  }

  /** How long a connection may take when the whole call may take this long. */
  static Duration connectTimeout(Duration timeout) {
    return timeout.compareTo(CONNECT) < 0 ? timeout : CONNECT;
  }

  private static URI completions(String base) {
    if (base.isEmpty()) {
      throw new ModelRefused(
          "ARENA_OPENAI_BASE_URL is not set: give the endpoint's address, up to and with /v1.",
          null);
    }
    try {
      URI uri = URI.create(base.replaceFirst("/{1,10}$", "") + "/chat/completions");
      boolean web =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      if (web && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below, without the text, which may hold a password
    }
    throw new ModelRefused(
        "ARENA_OPENAI_BASE_URL is no address such as https://host/v1, without a user in it.", null);
  }

  private static Duration timeout(String seconds) {
    if (seconds.isBlank()) {
      return Duration.ofSeconds(DEFAULT_TIMEOUT_SECONDS);
    }
    try {
      int value = Integer.parseInt(seconds.strip());
      if (value >= 1 && value <= MAX_TIMEOUT_SECONDS) {
        return Duration.ofSeconds(value);
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "ARENA_MODEL_TIMEOUT_SECONDS is a whole number from 1 to %s, not '%s'"
            .formatted(MAX_TIMEOUT_SECONDS, seconds));
  }
}
