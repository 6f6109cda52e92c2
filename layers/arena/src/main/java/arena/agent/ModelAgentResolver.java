package arena.agent;

import arena.run.Profile;
import arena.text.Redactor;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Resolves agents by the profile's model: {@code scripted}, {@code bedrock:<model id>} or {@code
 * openai:<model>}. Clients are created lazily and shared. Thread-safe.
 */
public final class ModelAgentResolver implements AgentResolver {
  /** Maximum timeout of one model call, in seconds; a Lambda invocation ends after 15 minutes. */
  public static final int MAX_TIMEOUT_SECONDS = 840;

  /** Maximum number of cached agents. */
  private static final int MAX_AGENTS = 64;

  private static final String BEDROCK = "bedrock:";
  private static final String OPENAI = "openai:";

  private static final Duration MAX_CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final Map<String, String> environment;
  private final Duration timeout;
  private final Redactor redactor;
  private final Map<Profile, Agent> agents =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Profile, Agent> eldest) {
          return size() > MAX_AGENTS;
        }
      };
  private @Nullable PriceTable prices;
  private @Nullable BedrockRuntimeClient bedrock;
  private OpenAiAgent.@Nullable Endpoint openAi;

  /**
   * Reads {@code ARENA_MODEL_TIMEOUT_SECONDS}, and for {@code openai:} profiles {@code
   * ARENA_OPENAI_BASE_URL} and {@code ARENA_OPENAI_API_KEY}.
   *
   * <p>The secrets among the variables are redacted in what models and services answer.
   *
   * @param environment the environment variables
   * @throws IllegalArgumentException if the timeout is invalid
   */
  public ModelAgentResolver(Map<String, String> environment) {
    this.environment = environment;
    this.redactor = Redactor.of(environment);
    this.timeout = timeout(environment.getOrDefault("ARENA_MODEL_TIMEOUT_SECONDS", ""));
  }

  @Override
  public synchronized Agent forProfile(Profile profile) {
    Agent agent = agents.get(profile);
    if (agent == null) {
      agent = create(profile);
      agents.put(profile, agent);
    }
    return agent;
  }

  private Agent create(Profile profile) {
    String model = profile.model();
    if (model.equals(Profile.SCRIPTED)) {
      return new ScriptedAgent(profile.promptVariant());
    }
    if (model.startsWith(BEDROCK) && model.length() > BEDROCK.length()) {
      return redacting(
          new BedrockAgent(
              bedrock(), timeout, profile, model.substring(BEDROCK.length()), prices()));
    }
    if (model.startsWith(OPENAI) && model.length() > OPENAI.length()) {
      return redacting(
          new OpenAiAgent(openAi(), profile, model.substring(OPENAI.length()), prices()));
    }
    throw new ModelRefused(
        "unknown model '%s'; use scripted, bedrock:<model id> or openai:<model>".formatted(model),
        null);
  }

  private Agent redacting(Agent agent) {
    return new RedactingAgent(agent, redactor);
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
            "ARENA_OPENAI_API_KEY contains a space or a non-ASCII character; set it again", null);
      }
      HttpClient client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(connectTimeout(timeout))
              .followRedirects(HttpClient.Redirect.NEVER) // do not send the key to another host
              .build();
      openAi =
          new OpenAiAgent.Endpoint(
              client, OpenAiBaseUrl.completions(base, !key.isEmpty()), key, timeout, redactor);
    }
    return openAi;
  }

  /** Returns the connect timeout for a call timeout. */
  static Duration connectTimeout(Duration timeout) {
    return timeout.compareTo(MAX_CONNECT_TIMEOUT) < 0 ? timeout : MAX_CONNECT_TIMEOUT;
  }

  private static Duration timeout(String seconds) {
    if (seconds.isBlank()) {
      return Duration.ofSeconds(ModelTimeouts.DEFAULT_SECONDS);
    }
    try {
      int value = Integer.parseInt(seconds.strip());
      if (value >= 1 && value <= MAX_TIMEOUT_SECONDS) {
        return Duration.ofSeconds(value);
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new IllegalArgumentException(
        "ARENA_MODEL_TIMEOUT_SECONDS must be an integer from 1 to %s: '%s'"
            .formatted(MAX_TIMEOUT_SECONDS, seconds));
  }
}
