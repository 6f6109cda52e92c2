package arena.agent;

import arena.run.Profile;
import arena.text.Redactor;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/**
 * Resolves agents by the profile's model: {@code scripted}, {@code bedrock:<model id>}, {@code
 * openai:<model>} or {@code anthropic:<model>}. Clients are created lazily and shared. Thread-safe.
 */
public final class ModelAgentResolver implements AgentResolver {
  /** Maximum timeout of one model call, in seconds; a Lambda invocation ends after 15 minutes. */
  public static final int MAX_TIMEOUT_SECONDS = 840;

  /** Maximum number of cached agents. */
  private static final int MAX_AGENTS = 64;

  private static final String BEDROCK = "bedrock:";

  /** The schemes of the services that are called over HTTP. */
  private static final Map<String, ModelService> SERVICES =
      Map.of("openai:", ModelService.OPENAI, "anthropic:", ModelService.ANTHROPIC);

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
  private @Nullable HttpClient client;
  private final Map<ModelService, HttpAgent.Endpoint> endpoints = new EnumMap<>(ModelService.class);

  /**
   * Reads {@code ARENA_MODEL_TIMEOUT_SECONDS}, and for each {@link ModelService} of a profile its
   * base URL and key.
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
    if (Profile.isScripted(model)) {
      return new ScriptedAgent(ScriptedAgent.Strategy.of(profile));
    }
    if (model.startsWith(BEDROCK) && model.length() > BEDROCK.length()) {
      return redacting(
          new BedrockAgent(
              bedrock(), timeout, profile, model.substring(BEDROCK.length()), prices()));
    }
    int name = model.indexOf(':') + 1;
    ModelService service = SERVICES.get(model.substring(0, name));
    if (service != null && model.length() > name) {
      HttpAgent.Endpoint endpoint = endpoint(service);
      return redacting(
          new HttpAgent(endpoint, api(service), profile, model.substring(name), prices()));
    }
    throw new ModelRefused(
        "unknown model '%s'; use scripted, bedrock:<model id>, openai:<model> or anthropic:<model>"
            .formatted(model),
        null);
  }

  private Agent redacting(Agent agent) {
    return new RedactingAgent(new TimedAgent(agent, System::nanoTime), redactor);
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

  private static HttpApi api(ModelService service) {
    return switch (service) {
      case OPENAI -> new HttpApi.ChatCompletions();
      case ANTHROPIC -> new HttpApi.Messages();
    };
  }

  private HttpAgent.Endpoint endpoint(ModelService service) {
    HttpAgent.Endpoint known = endpoints.get(service);
    if (known != null) {
      return known;
    }
    String base = environment.getOrDefault(service.baseVariable(), "").strip();
    String key = environment.getOrDefault(service.keyVariable(), "").strip();
    if (!key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new ModelRefused(
          "%s contains a space or a non-ASCII character; set it again"
              .formatted(service.keyVariable()),
          null);
    }
    URI call = ModelBaseUrl.call(service, base, !key.isEmpty());
    HttpAgent.Endpoint created = new HttpAgent.Endpoint(client(), call, key, timeout, redactor);
    endpoints.put(service, created);
    return created;
  }

  private HttpClient client() {
    if (client == null) {
      client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .connectTimeout(connectTimeout(timeout))
              .followRedirects(HttpClient.Redirect.NEVER) // do not send the key to another host
              .build();
    }
    return client;
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
