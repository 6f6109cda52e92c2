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

  /** An ARN has seven parts, the last of which is the name of the secret. */
  private static final int ARN_PARTS = 7;

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
    String[] parts = reference.split(":", -1);
    int idParts = reference.startsWith("arn:") ? ARN_PARTS : 1;
    if (parts.length != idParts) {
      throw new InvalidTemplate(
          path,
          "\"" + reference + "\" is not a secret's name or ARN; the local stack supports no more");
    }
    if (brokerSecrets().contains(reference)) {
      return deployment.redisPassword();
    }
    return deployment
        .secrets()
        .apply(parts[idParts - 1])
        .orElseThrow(() -> new InvalidTemplate(path, "the secret " + reference + " has no value"));
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
                references.add(matcher.group(2));
              }
            });
    return references;
  }
}
