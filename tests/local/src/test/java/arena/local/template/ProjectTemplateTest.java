package arena.local.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.ModelBaseUrl;
import arena.agent.ModelService;
import arena.local.gateway.HttpApiDefinition;
import arena.local.lambda.FunctionDefinition;
import arena.local.log.LogFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the project's template promises, read from its text. */
final class ProjectTemplateTest {
  private static final Path FOLDER = Path.of("../..");
  private static final Path FILE = FOLDER.resolve("template.yaml");
  private static final String FUNCTION = "AWS::Serverless::Function";
  private static final Deployment DEPLOYMENT =
      new Deployment(
          "arena",
          "http://localhost:8000",
          "ws://localhost:8000",
          "127.0.0.1",
          6379,
          "open sesame",
          _ -> Optional.of("sk-local"),
          Map.of());

  private final Map<String, Object> root = TemplateYaml.parse("template.yaml", text());
  private final Map<String, Object> resources = section(root, "Resources");

  private static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A key would otherwise be sent without TLS, which the function refuses at the first turn. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.example.com/v1",
        "http://localhost:11434/v1",
        "http://127.9.9.9/v1",
        "http://[::1]:8080/v1",
        "http://10.1.2.3/v1",
        "http://172.16.0.1/v1",
        "http://172.31.255.255/v1",
        "http://192.168.1.10:1234/v1?a=b",
        "http://169.254.1.1/v1",
        "http://[fd00::1]/v1",
        "http://[fe80::1]/v1",
        "http://a.workstation.local:1234/v1",
        "http://vllm.internal./v1",
        "http://vllm.internal?a=b",
        "http://api.example.com/v1",
        "http://8.8.8.8/v1",
        "http://172.32.0.1/v1",
        "http://192.169.0.1/v1",
        "http://[2001:db8::1]/v1",
        "http://[::ffff:8.8.8.8]/v1",
        "http://localhost.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://127.0.0.1@example.com/v1",
        "http://127.0.0.1\\@example.com/v1",
        "http://user:word@localhost/v1",
        "https://user:word@api.example.com/v1",
        "http://mylocal/v1",
        "http://10.example.com/v1",
        "http://api.example.com/x.internal/v1",
        "http://api.example.com#.internal/v1"
      })
  void allowsTheModelServicesThatMayGetAKey(String url) {
    Map<String, Object> parameter = section(section(root, "Parameters"), "OpenAiBaseUrl");
    assertEquals(
        ModelBaseUrl.problem(ModelService.OPENAI, url, true).isEmpty(),
        Pattern.matches((String) parameter.get("AllowedPattern"), url));
  }

  private static Map<String, Object> section(Map<String, Object> parent, String key) {
    return TemplateValues.map(key, parent.getOrDefault(key, Map.of()));
  }

  private void functions(BiConsumer<String, Map<String, Object>> check) {
    resources.forEach(
        (id, resource) -> {
          Map<String, Object> declaration = TemplateValues.map(id, resource);
          if (declaration.get("Type").equals(FUNCTION)) {
            check.accept(id, section(declaration, "Properties"));
          }
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"DEBUG", "INFO", "WARN", "ERROR"})
  void keepsMetricsAndTimeoutsAtEveryLogLevel(String level) {
    StackPlan plan = Template.read(FILE).resolve(Map.of("LogLevel", level), DEPLOYMENT);
    for (FunctionDefinition function : plan.functions()) {
      LogFilter filter = function.logFilter();
      assertTrue(filter.forwards("{\"_aws\":{\"Timestamp\":1767225600000},\"errors\":1}"));
      assertTrue(filter.forwards(report("timeout")));
      assertTrue(filter.forwards(line(level)), "a line of the level that was asked for");
      assertEquals(!level.matches("WARN|ERROR"), filter.forwards(report("success")));
    }
  }

  private static String line(String level) {
    return "{\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"level\":\"%s\"}".formatted(level);
  }

  private static String report(String status) {
    return "{\"type\":\"platform.report\",\"record\":{\"status\":\"%s\"}}".formatted(status);
  }

  /** CloudFormation resolves a reference again only if its text changes. */
  @Test
  void changesReferencesToSecretsWithTheirVersions() {
    Pattern versioned =
        Pattern.compile("\\{\\{resolve:secretsmanager:[^:]+:SecretString:::\\$\\{(\\w+)}}}");
    Set<String> shared =
        versions(versioned, section(section(section(root, "Globals"), "Function"), "Environment"));
    assertEquals(Set.of("CacheAuthTokenVersion"), shared);
    Set<String> all = new TreeSet<>();
    functions(
        (id, properties) -> {
          Set<String> versions = versions(versioned, section(properties, "Environment"));
          Object ignored =
              TemplateValues.map(id, resources.get(id)).getOrDefault("IgnoreGlobals", List.of());
          if (!((List<?>) ignored).contains("Environment")) {
            versions.addAll(shared);
          }
          String description = properties.get("VersionDescription").toString();
          for (String version : versions) {
            assertTrue(description.contains("${" + version + "}"), id + " has no " + version);
          }
          all.addAll(versions);
        });
    assertEquals(
        Set.of("AnthropicSecretVersion", "CacheAuthTokenVersion", "OpenAiSecretVersion"), all);
  }

  private static Set<String> versions(Pattern versioned, Map<String, Object> environment) {
    String text = environment.toString();
    Set<String> versions = new TreeSet<>();
    Matcher matcher = versioned.matcher(text);
    int found = 0;
    while (matcher.find()) {
      versions.add(matcher.group(1));
      found++;
    }
    assertEquals(text.split("resolve:secretsmanager", -1).length - 1, found, text);
    return versions;
  }

  @Test
  void leavesNothingBehindAFailedFirstDeployment() {
    List<String> retained = new ArrayList<>();
    resources.forEach(
        (id, resource) -> {
          Map<String, Object> declaration = TemplateValues.map(id, resource);
          Object policy = declaration.getOrDefault("DeletionPolicy", "Delete");
          assertTrue(Set.of("Delete", "RetainExceptOnCreate").contains(policy), id + ": " + policy);
          if (policy.equals("RetainExceptOnCreate")) {
            assertEquals("Retain", declaration.get("UpdateReplacePolicy"), id);
            retained.add(id);
          }
        });
    assertTrue(
        retained.containsAll(List.of("CatalogTable", "JournalTable", "Bucket")),
        retained::toString);
  }

  @Test
  void namesNoPartition() throws IOException {
    for (String file :
        List.of(
            "template.yaml",
            "functions/replay.asl.yaml",
            "functions/diagnose-run/logs.yaml",
            "functions/diagnose-run/alarms.yaml")) {
      String text = Files.readString(FOLDER.resolve(file));
      assertFalse(text.contains("arn:aws:"), file);
      assertFalse(text.matches("(?s).*https://[^\"\\s]*amazonaws\\.com.*"), file);
    }
  }

  /**
   * S3 answers 403 instead of 404 for a missing object to a caller that must not list the bucket.
   * Only reads of journal entries with large payloads distinguish them.
   */
  @Test
  void allowsListingTheBucketWhereJournalEntriesAreRead() {
    Set<String> list = new TreeSet<>();
    Set<String> read = new TreeSet<>();
    functions(
        (id, properties) -> {
          String policies = String.valueOf(properties.get("Policies"));
          if (policies.contains("s3:ListBucket")) {
            list.add(id);
          }
          if (policies.contains("dynamodb:Query")
              && policies.contains("JournalTable")
              && policies.contains("${Bucket.Arn}/payloads/*")) {
            read.add(id);
          }
        });
    read.remove("PlayCellFunction"); // it writes what is missing before it reads it
    assertEquals(read, list);
    assertEquals(
        Set.of(
            "CreateComparisonFunction",
            "CreateForkFunction",
            "FinalizeRunFunction",
            "ReadRunsFunction",
            "ReplayTurnFunction",
            "StreamEventsFunction"),
        list);
  }

  /** A name with a wildcard after the stack's name also matches arena-2 for a stack arena. */
  @Test
  void allowsNothingOfAnotherStack() {
    assertFalse(text().contains("${AWS::StackName}-*"));
    assertFalse(text().contains("${AWS::StackName}*"));
    assertFalse(text().contains("replicationgroup:*"));
  }

  @Test
  void throttlesTheRoutesThatMakeManyCalls() {
    HttpApiDefinition api =
        Template.read(FILE).resolve(Map.of(), DEPLOYMENT).httpApi().orElseThrow();
    Set<String> throttled = new TreeSet<>(api.throttles().keySet());
    assertEquals(
        Set.of(
            "POST /tickets",
            "POST /runs",
            "POST /forks",
            "GET /runs/{run_id}/diagnosis",
            "GET /runs/{run_id}/report",
            "GET /replays",
            "GET /operations",
            "POST /experiments",
            "POST /experiments/{experiment_id}/cancel",
            "POST /experiments/{experiment_id}/replicas",
            "POST /races",
            "POST /races/{race_id}/cancel",
            "POST /runs/{run_id}/stop"),
        throttled);
    Set<String> routes = new TreeSet<>();
    api.routes().forEach(route -> routes.add(route.key()));
    assertTrue(routes.containsAll(throttled), routes.toString());
  }

  /** A table that is missing would be out of reach in the stack's own network. */
  @Test
  void limitsTheNetworksEndpointsToTheStack() {
    Set<String> tables = new TreeSet<>();
    resources.forEach(
        (id, resource) -> {
          Map<String, Object> declaration = TemplateValues.map(id, resource);
          if (declaration.get("Type").equals("AWS::DynamoDB::Table")) {
            Map<String, Object> properties = section(declaration, "Properties");
            tables.add("{Fn::GetAtt=[" + id + ", Arn]}");
            if (properties.containsKey("GlobalSecondaryIndexes")) {
              tables.add("{Fn::Sub=${" + id + ".Arn}/index/*}");
            }
          }
        });
    assertEquals(tables, allowedThrough("DynamoDbEndpoint"));
    assertEquals(
        Set.of("{Fn::GetAtt=[Bucket, Arn]}", "{Fn::Sub=${Bucket.Arn}/*}"),
        allowedThrough("S3Endpoint"));
  }

  private Set<String> allowedThrough(String endpoint) {
    Map<String, Object> properties =
        section(TemplateValues.map(endpoint, resources.get(endpoint)), "Properties");
    Map<String, Object> policy = section(properties, "PolicyDocument");
    Set<String> allowed = new TreeSet<>();
    for (Object statement : (List<?>) policy.get("Statement")) {
      for (Object resource : (List<?>) TemplateValues.map("Statement", statement).get("Resource")) {
        allowed.add(resource.toString());
      }
    }
    return allowed;
  }

  @Test
  void protectsRetainedTablesFromDeletion() {
    Template template = Template.read(FILE);
    for (String protect : List.of("true", "false")) {
      Set<String> kept = new TreeSet<>();
      template
          .properties("AWS::DynamoDB::Table", Map.of("DeletionProtection", protect), DEPLOYMENT)
          .forEach(
              (id, resource) -> {
                Map<String, Object> properties = TemplateValues.map(id, resource);
                if (properties.containsKey("DeletionProtectionEnabled")) {
                  kept.add(id + " " + properties.get("DeletionProtectionEnabled"));
                }
              });
      assertEquals(
          Set.of(
              "CatalogTable " + protect, "ComparisonsTable " + protect, "JournalTable " + protect),
          kept);
    }
  }

  /** A new account has a limit of 10, from which nothing can be reserved. */
  @Test
  void reservesConcurrencyOnlyWhenAsked() {
    Set<String> reserved = new TreeSet<>();
    functions(
        (id, properties) -> {
          if (properties.containsKey("ReservedConcurrentExecutions")) {
            reserved.add(id + " " + properties.get("ReservedConcurrentExecutions"));
          }
        });
    assertEquals(
        Set.of(
            "FinalizeRunFunction {Fn::If=[ReservesFinalizations, {Ref=FinalizeRunConcurrency},"
                + " {Ref=AWS::NoValue}]}",
            "ReplayTurnFunction {Fn::If=[ReservesReplayTurns, {Ref=ReplayTurnConcurrency},"
                + " {Ref=AWS::NoValue}]}"),
        reserved);
    for (String parameter : List.of("ReplayTurnConcurrency", "FinalizeRunConcurrency")) {
      assertEquals(
          "0", String.valueOf(section(section(root, "Parameters"), parameter).get("Default")));
    }
  }

  @Test
  void encryptsTheBucketWithAKeyThatIsGiven() {
    Template template = Template.read(FILE);
    String key = "arn:aws:kms:us-east-1:000000000000:key/1";
    for (Map<String, String> parameters :
        List.of(Map.<String, String>of(), Map.of("KmsKeyArn", key))) {
      String bucket =
          template.properties("AWS::S3::Bucket", parameters, DEPLOYMENT).get("Bucket").toString();
      assertEquals(!parameters.isEmpty(), bucket.contains("KMSMasterKeyID=" + key), bucket);
      assertEquals(parameters.isEmpty(), bucket.contains("AES256"), bucket);
    }
  }

  @Test
  void leavesTheAccountsLogRoleUntilAsked() {
    Template template = Template.read(FILE);
    assertTrue(template.properties("AWS::ApiGateway::Account", Map.of(), DEPLOYMENT).isEmpty());
    for (Map.Entry<String, Boolean> logged :
        Map.of("none", false, "exists", true, "create", true).entrySet()) {
      StackPlan plan = template.resolve(Map.of("ApiGatewayLogsRole", logged.getKey()), DEPLOYMENT);
      assertEquals(
          logged.getValue(),
          plan.webSocketApi().orElseThrow().accessLog().isPresent(),
          logged.getKey());
    }
  }
}
