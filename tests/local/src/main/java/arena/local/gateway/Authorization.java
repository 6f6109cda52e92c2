package arena.local.gateway;

import arena.access.Principal;
import arena.local.clock.StackClock;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Calls the Lambda authorizers of routes, as API Gateway does. If it is off, every caller is the
 * operator {@link Principal#LOCAL}. Thread-safe.
 */
final class Authorization {
  /** Longest time that API Gateway waits for an authorizer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_CACHED = 1_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The result for a request. */
  sealed interface Decision {
    /** The request is passed on with this context of the authorizer. */
    record Allowed(ObjectNode context) implements Decision {}

    /** The request is refused with this status. */
    record Refused(int status) implements Decision {}
  }

  private record CacheKey(AuthorizerDefinition authorizer, List<String> identity) {}

  private record CachedDecision(Decision decision, Instant until) {}

  private volatile boolean on;
  private final FunctionHost host;
  private final StackClock clock;

  private final Map<CacheKey, CachedDecision> cache =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<CacheKey, CachedDecision> eldest) {
          return size() > MAX_CACHED;
        }
      };

  Authorization(boolean on, FunctionHost host, StackClock clock) {
    this.on = on;
    this.host = host;
    this.clock = clock;
  }

  /** Switches it on or off. */
  void switchTo(boolean required) {
    on = required;
    synchronized (cache) {
      cache.clear();
    }
  }

  /**
   * Authorizes a request to an HTTP API, by an authorizer of payload format 2.0 with simple
   * responses.
   *
   * @param event the request's event
   */
  Decision http(AuthorizerDefinition authorizer, ObjectNode event, String routeArn) {
    if (!on) {
      return allowed();
    }
    List<String> identity = values(authorizer, event.path("headers"));
    if (identity.size() < authorizer.identity().size()) {
      return new Decision.Refused(401);
    }
    CacheKey key = new CacheKey(authorizer, identity);
    Optional<Decision> cached = cached(key);
    if (cached.isPresent()) {
      return cached.get();
    }
    ObjectNode request = event.deepCopy();
    request.remove(List.of("body", "isBase64Encoded"));
    request.put("type", "REQUEST").put("routeArn", routeArn);
    identity.forEach(request.putArray("identitySource")::add);
    Optional<JsonNode> response = invoke(authorizer, request);
    if (response.isEmpty() || !response.get().path("isAuthorized").isBoolean()) {
      return new Decision.Refused(500);
    }
    Decision decision =
        response.get().path("isAuthorized").asBoolean()
            ? new Decision.Allowed(context(response.get()))
            : new Decision.Refused(403);
    store(key, new CachedDecision(decision, clock.now().plus(authorizer.ttl())));
    return decision;
  }

  /**
   * Authorizes a WebSocket handshake, by an authorizer that returns an IAM policy. Its answers are
   * not cached.
   *
   * @param event the event of {@code $connect}
   */
  Decision webSocket(AuthorizerDefinition authorizer, ObjectNode event, String methodArn) {
    if (!on) {
      return allowed();
    }
    List<String> identity = values(authorizer, event.path("queryStringParameters"));
    if (identity.size() < authorizer.identity().size()) {
      return new Decision.Refused(401);
    }
    ObjectNode request = event.deepCopy();
    request.remove("isBase64Encoded");
    request.put("type", "REQUEST").put("methodArn", methodArn);
    Optional<JsonNode> response = invoke(authorizer, request);
    if (response.isEmpty() || !response.get().path("principalId").isTextual()) {
      return new Decision.Refused(500);
    }
    if (!allows(response.get().at("/policyDocument/Statement"), methodArn)) {
      return new Decision.Refused(403);
    }
    ObjectNode context = context(response.get());
    context.put("principalId", response.get().get("principalId").asText());
    return new Decision.Allowed(context);
  }

  private static boolean allows(JsonNode statements, String methodArn) {
    boolean allowed = false;
    for (JsonNode statement : statements) {
      boolean applies =
          statement.path("Action").asText().equals("execute-api:Invoke")
              && statement.path("Resource").asText().equals(methodArn);
      if (statement.path("Effect").asText().equals("Deny")) {
        return false;
      }
      allowed |= applies && statement.path("Effect").asText().equals("Allow");
    }
    return allowed;
  }

  private static Decision allowed() {
    return new Decision.Allowed(JSON.valueToTree(Principal.LOCAL.toContext()));
  }

  private static ObjectNode context(JsonNode response) {
    return response.path("context") instanceof ObjectNode context
        ? context.deepCopy()
        : JSON.createObjectNode();
  }

  /** The values of the identity sources; fewer if one is missing or empty. */
  private static List<String> values(AuthorizerDefinition authorizer, JsonNode sources) {
    return authorizer.identity().stream()
        .map(name -> sources.path(name).asText())
        .filter(value -> !value.isEmpty())
        .toList();
  }

  private Optional<JsonNode> invoke(AuthorizerDefinition authorizer, ObjectNode event) {
    try {
      Invocation invocation = host.invoke(authorizer.function(), event.toString(), TIMEOUT);
      return invocation.functionError().isPresent()
          ? Optional.empty()
          : Optional.of(JSON.readTree(invocation.payload()));
    } catch (TimeoutException | InvokeFault | JsonProcessingException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private Optional<Decision> cached(CacheKey key) {
    synchronized (cache) {
      return Optional.ofNullable(cache.get(key))
          .filter(entry -> clock.now().isBefore(entry.until()))
          .map(CachedDecision::decision);
    }
  }

  private void store(CacheKey key, CachedDecision decision) {
    synchronized (cache) {
      cache.put(key, decision);
    }
  }
}
