package arena.local.template;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces in strings what AWS replaces at deployment: references to secrets by their values, and
 * the addresses that API Gateway would assign by those of the local stack.
 */
final class DeployedValues {
  private static final Pattern DYNAMIC_REFERENCE =
      Pattern.compile("\\{\\{resolve:([a-z0-9-]+):([^{}]+)}}");

  /**
   * A secret's name or ARN, which has seven parts, the last of which is the name. It may be
   * followed by the id of a version, after the name of the whole secret, a JSON key and a stage,
   * which are not supported. All versions of a local secret have the same value.
   */
  private static final Pattern SECRET =
      Pattern.compile("(?<id>(?:arn(?::[^:]*){5}:)?(?<name>[^:]+))(?::SecretString:::[^:]*)?");

  private final Resources resources;
  private final Deployment deployment;
  private final Intrinsics intrinsics;

  DeployedValues(Resources resources, Deployment deployment, Intrinsics intrinsics) {
    this.resources = resources;
    this.deployment = deployment;
    this.intrinsics = intrinsics;
  }

  String complete(String path, String string) {
    String completed =
        DYNAMIC_REFERENCE
            .matcher(string)
            .replaceAll(
                match -> Matcher.quoteReplacement(secret(path, match.group(1), match.group(2))));
    completed =
        completed.replace(
            "https://*.execute-api." + Deployment.REGION + ".amazonaws.com", deployment.httpUrl());
    for (String id : resources.ofType("AWS::Serverless::HttpApi").keySet()) {
      completed = completed.replace("https://" + host(id), deployment.httpUrl());
    }
    for (String id : resources.ofType("AWS::ApiGatewayV2::Api").keySet()) {
      completed = completed.replace("https://" + host(id), deployment.httpUrl());
      completed = completed.replace("wss://" + host(id), deployment.webSocketUrl());
    }
    return completed;
  }

  private String host(String apiId) {
    return resources.apiId(apiId) + ".execute-api." + Deployment.REGION + ".amazonaws.com";
  }

  private String secret(String path, String service, String reference) {
    if (!service.equals("secretsmanager")) {
      throw new InvalidTemplate(path, "the local stack does not support references to " + service);
    }
    Matcher parts = SECRET.matcher(reference);
    if (!parts.matches()) {
      throw new InvalidTemplate(
          path,
          "\""
              + reference
              + "\" is not a secret's name or ARN, with or without a version id; the local stack"
              + " supports no more");
    }
    String id = parts.group("id");
    if (brokerSecrets().contains(id)) {
      return deployment.redisPassword();
    }
    return deployment
        .secrets()
        .apply(parts.group("name"))
        .orElseThrow(() -> new InvalidTemplate(path, "the secret " + id + " has no value"));
  }

  /** Returns the secrets that the template uses as the password of its Redis. */
  private Set<String> brokerSecrets() {
    Set<String> references = new HashSet<>();
    resources
        .ofType("AWS::ElastiCache::ReplicationGroup")
        .forEach(
            (id, declaration) -> {
              Section properties =
                  intrinsics.section(resources.path(id), declaration).at("Properties");
              Object token = properties.at("AuthToken").value();
              Matcher matcher = DYNAMIC_REFERENCE.matcher(token == null ? "" : token.toString());
              while (matcher.find()) {
                Matcher parts = SECRET.matcher(matcher.group(2));
                if (parts.matches()) {
                  references.add(parts.group("id"));
                }
              }
            });
    return references;
  }
}
