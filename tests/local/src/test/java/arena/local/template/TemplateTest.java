package arena.local.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.backing.BucketDefinition;
import arena.local.gateway.HttpApiDefinition;
import arena.local.gateway.WebSocketApiDefinition;
import arena.local.iam.Role;
import arena.local.iam.Statement;
import arena.local.lambda.FunctionDefinition;
import arena.local.schedule.ScheduleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TemplateTest {
  private static final Deployment DEPLOYMENT =
      new Deployment(
          "arena",
          "http://localhost:8000",
          "ws://localhost:8000",
          "127.0.0.1",
          6379,
          "open sesame",
          name -> name.equals("models/key") ? Optional.of("sk-local") : Optional.empty(),
          Map.of("REDIS_TLS", "false"));

  @TempDir Path folder;

  private StackPlan plan(String yaml, Map<String, String> overrides) throws IOException {
    Path file = folder.resolve("template.yaml");
    Files.writeString(file, yaml);
    return Template.read(file).resolve(overrides, DEPLOYMENT);
  }

  private static final String FUNCTION =
      """
      Mappings:
        Speeds: { plain: { Walk: 3, Run: 9 }, fancy: { Walk: 4, Run: 12 } }
      Parameters:
        Size: { Type: Number, Default: 7, MinValue: 1, MaxValue: 10 }
        Mode: { Type: String, Default: plain, AllowedValues: [plain, fancy] }
        Key: { Type: String, Default: "", AllowedPattern: "^[a-z/]*$" }
      Conditions:
        Fancy: !Equals [!Ref Mode, fancy]
        Large: !Not [!Equals [!Ref Size, 7]]
        Either: !Or [!Equals [!Ref Mode, fancy], !Equals [!Ref Size, 8]]
        Both: !And [!Equals [!Ref Mode, fancy], !Not [!Equals [!Ref Size, 7]]]
        HasKey: !Not [!Equals [!Ref Key, ""]]
      Globals:
        Function:
          Timeout: 20
          MemorySize: 512
          AutoPublishAlias: live
          VpcConfig: { SubnetIds: [!Ref Nowhere] }
          Environment: { Variables: { SHARED: !Ref Size, REDIS_TLS: "true" } }
      Resources:
        House:
          Type: AWS::Serverless::Function
          Properties:
            FunctionName: !Sub "${AWS::StackName}-house"
            CodeUri: functions/house/target/house.jar
            Handler: arena.functions.House
            Policies:
              - Statement:
                  - Sid: Read
                    Effect: Allow
                    Action: dynamodb:GetItem
                    Resource: [!GetAtt Runs.Arn, !Sub "${Runs.Arn}/index/*"]
                  - { Sid: Never, Effect: Deny, Action: ["s3:*"], Resource: "*" }
            EventInvokeConfig: { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 900 }
            Environment:
              Variables:
                VALUE: %s
        Cache:
          Type: AWS::ElastiCache::ReplicationGroup
          Properties: { AuthToken: !Sub "{{resolve:secretsmanager:${Token}}}" }
        Token: { Type: AWS::SecretsManager::Secret }
        Runs: { Type: AWS::DynamoDB::Table, Properties: { AttributeDefinitions: [], KeySchema: [] } }
        Live:
          Type: AWS::ApiGatewayV2::Api
          Properties: { ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action }
        Stage: { Type: AWS::ApiGatewayV2::Stage, Properties: { StageName: live } }
        Network: { Type: AWS::EC2::VPC }
        Fanfare: { Type: AWS::Serverless::Function, Condition: Fancy, Properties: { Handler: x, CodeUri: y } }
      """;

  private FunctionDefinition house(String value, Map<String, String> overrides) throws IOException {
    return plan(FUNCTION.formatted(value), overrides).functions().getFirst();
  }

  private String value(String expression) throws IOException {
    return house(expression, Map.of()).environment().get("VALUE");
  }

  private String refusal(String expression) {
    return assertThrows(InvalidTemplate.class, () -> value(expression)).getMessage();
  }

  @Test
  void readsTheRolesOfFunctions() throws IOException {
    String table = "arn:aws:dynamodb:us-east-1:000000000000:table/arena-Runs";
    assertEquals(
        new Role(
            "arena-house",
            List.of(
                new Statement(
                    "Read",
                    Statement.Effect.ALLOW,
                    List.of("dynamodb:GetItem"),
                    List.of(table, table + "/index/*")),
                new Statement("Never", Statement.Effect.DENY, List.of("s3:*"), List.of("*")))),
        plan(FUNCTION.formatted("x"), Map.of()).roles().get("arena-house"));
  }

  @ParameterizedTest
  @CsvSource({
    "'- Statement:', '- Condition:', 'does not support Condition in a policy'",
    "'Effect: Allow', 'NotAction: x', 'does not support NotAction in a policy'",
    "'Effect: Allow', 'Effect: Grant', 'expected Allow or Deny'",
    "'Sid: Never', 'Sid: Read', 'the role has two statements Read'",
  })
  void rejectsAPolicyThatItCannotEvaluate(String part, String other, String message) {
    String refusal =
        assertThrows(
                InvalidTemplate.class,
                () -> plan(FUNCTION.formatted("x").replace(part, other), Map.of()))
            .getMessage();
    assertTrue(refusal.contains(message), refusal);
  }

  @Test
  void readsAFunctionWithItsDefaults() throws IOException {
    FunctionDefinition house = house("x", Map.of());
    assertEquals("arena-house", house.name());
    assertEquals("arena.functions.House", house.handler());
    assertEquals(folder.resolve("functions/house/target/house.jar").toAbsolutePath(), house.code());
    assertEquals(Duration.ofSeconds(20), house.timeout());
    assertEquals(512, house.memoryMegabytes());
    assertEquals(new FunctionDefinition.Background(1, Duration.ofMinutes(15)), house.background());
    assertEquals(Map.of("SHARED", "7", "REDIS_TLS", "false", "VALUE", "x"), house.environment());
  }

  @Test
  void evaluatesIntrinsicFunctionsAsCloudFormationDoes() throws IOException {
    assertEquals("arena-Runs", value("!Ref Runs"));
    assertEquals("arena-Runs", value("{ Ref: Runs }"));
    assertEquals(
        "arn:aws:dynamodb:us-east-1:000000000000:table/arena-Runs", value("!GetAtt Runs.Arn"));
    assertEquals("127.0.0.1", value("!GetAtt Cache.PrimaryEndPoint.Address"));
    assertEquals("6379", value("{ \"Fn::GetAtt\": [Cache, PrimaryEndPoint.Port] }"));
    assertEquals("a-7-b", value("!Sub \"a-${Size}-b\""));
    assertEquals("a,7", value("!Join [\",\", [a, !Ref Size, !Ref AWS::NoValue]]"));
    assertEquals("shut", value("!If [Fancy, open, shut]"));
    assertEquals("c", value("!If [Fancy, a, !If [Large, b, c]]"));
    assertEquals("arn:aws:x", value("!Sub \"arn:${AWS::Partition}:x\""));
    assertEquals(
        "arn:aws:lambda:us-east-1:000000000000:function:arena-house", value("!GetAtt House.Arn"));
    assertEquals(
        "arn:aws:lambda:us-east-1:000000000000:function:arena-house:live",
        value("!Ref House.Alias"));
  }

  @Test
  void evaluatesConditionsWithTheParameterValues() throws IOException {
    Map<String, String> large = Map.of("Size", "8", "Mode", "fancy");
    assertEquals("both", house("!If [Both, both, not]", large).environment().get("VALUE"));
    assertEquals("8", house("!Ref Size", large).environment().get("VALUE"));
    assertEquals(1, plan(FUNCTION.formatted("x"), Map.of()).functions().size());
    assertEquals(2, plan(FUNCTION.formatted("x"), large).functions().size());
  }

  @Test
  void omitsAPropertyThatIsNoValue() throws IOException {
    assertFalse(
        house("!If [Fancy, gold, !Ref AWS::NoValue]", Map.of()).environment().containsKey("VALUE"));
  }

  @Test
  void replacesSecretsAndAddressesByThoseOfTheLocalStack() throws IOException {
    assertEquals("open sesame", value("!Sub \"{{resolve:secretsmanager:${Token}}}\""));
    for (String version : List.of("", "0123456789abcdef0123456789abcdef")) {
      assertEquals(
          "open sesame",
          value(
              "!Sub \"{{resolve:secretsmanager:${Token}:SecretString:::%s}}\"".formatted(version)));
    }
    assertEquals(
        "sk-local",
        house(
                "!If [HasKey, !Sub \"{{resolve:secretsmanager:${Key}}}\", \"\"]",
                Map.of("Key", "models/key"))
            .environment()
            .get("VALUE"));
    assertEquals(
        "http://localhost:8000/live",
        value("!Sub \"https://${Live}.execute-api.${AWS::Region}.${AWS::URLSuffix}/live\""));
    assertTrue(
        refusal("\"{{resolve:secretsmanager:other}}\"").contains("the secret other has no value"));
    assertTrue(refusal("\"{{resolve:ssm:x}}\"").contains("does not support references to ssm"));
    assertTrue(
        refusal("\"{{resolve:secretsmanager:other:SecretString:key}}\"")
            .contains("is not a secret's name or ARN"));
  }

  @Test
  void namesThePathOfWhatCannotBeResolved() {
    String path = "template.yaml: Resources.House.Properties.Environment.Variables.VALUE: ";
    assertEquals(path + "there is no parameter or resource Nothing", refusal("!Ref Nothing"));
    assertEquals(
        path + "the local stack does not support !GetAtt Network.CidrBlock (AWS::EC2::VPC)",
        refusal("!GetAtt Network.CidrBlock"));
    assertEquals(path + "there is no condition Sunny", refusal("!If [Sunny, a, b]"));
    assertEquals(path + "expected a string, got a list", refusal("[a, b]"));
  }

  @Test
  void findsAValueInAMapping() throws IOException {
    String expression = "!FindInMap [Speeds, !Ref Mode, Run]";
    assertEquals("9", value(expression));
    assertEquals("12", house(expression, Map.of("Mode", "fancy")).environment().get("VALUE"));
    assertTrue(
        refusal("!FindInMap [Speeds, plain, Swim]")
            .endsWith("there is no Mappings.Speeds.plain.Swim"));
    assertTrue(refusal("!FindInMap [Nothing, a, b]").endsWith("there is no Mappings.Nothing"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "!ImportValue x | Fn::ImportValue",
        "!Select [0, [a]] | Fn::Select",
        "!Split [x, a] | Fn::Split",
        "!Ref AWS::NotificationARNs | AWS::NotificationARNs",
        "!Ref House.Version | !Ref House.Version",
        "!If [Either, a, b] | Fn::Or in a condition",
      })
  void rejectsUnsupportedFunctionsByName(String expression, String name) {
    String refusal = refusal(expression);
    assertTrue(refusal.contains("the local stack does not support " + name), refusal);
  }

  @Test
  void rejectsParameterValuesThatTheTemplateDoesNotAllow() {
    Map<String, String> refusals =
        Map.of(
            "Size", "11",
            "Mode", "plainer",
            "Key", "UPPER",
            "Unknown", "x");
    refusals.forEach(
        (name, value) -> {
          InvalidTemplate refusal =
              assertThrows(InvalidTemplate.class, () -> house("x", Map.of(name, value)));
          assertTrue(refusal.getMessage().contains(name), refusal.getMessage());
        });
  }

  @Test
  void rejectsAResourceThatRefersToItself() {
    String yaml =
        """
        Resources:
          Runs:
            Type: AWS::DynamoDB::Table
            Properties: { TableName: !Ref Runs }
        """;
    InvalidTemplate refusal = assertThrows(InvalidTemplate.class, () -> plan(yaml, Map.of()));
    assertTrue(refusal.getMessage().contains("refers to itself"), refusal.getMessage());
  }

  @Test
  void rejectsInvalidYaml() {
    for (String yaml : List.of("a: [", "a: !!javax.script.ScriptEngineManager []", "- x", "")) {
      InvalidTemplate refusal = assertThrows(InvalidTemplate.class, () -> plan(yaml, Map.of()));
      assertTrue(refusal.getMessage().startsWith("template.yaml: "), refusal.getMessage());
    }
  }

  private static final String ROOT =
      """
      Parameters: { Days: { Type: Number, Default: 7 } }
      Resources:
        Logs:
          Type: AWS::CloudFormation::Stack
          Properties:
            TemplateURL: nested/logs.yaml
            Parameters: { Prefix: !Ref AWS::StackName, Days: !Ref Days }
      """;

  private void nest(String resources) throws IOException {
    Files.createDirectories(folder.resolve("nested"));
    Files.writeString(
        folder.resolve("nested/logs.yaml"),
        """
        Parameters:
          Prefix: { Type: String }
          Days: { Type: Number }
        Resources:
        """
            + resources.indent(2));
  }

  @Test
  void readsTheResourcesOfNestedStacks() throws IOException {
    nest(
        """
        Group:
          Type: AWS::Logs::LogGroup
          Properties: { LogGroupName: !Sub "${Prefix}/${AWS::StackName}", RetentionInDays: !Ref Days }
        """);
    Files.writeString(folder.resolve("template.yaml"), ROOT);
    assertEquals(
        Map.of("Group", Map.of("LogGroupName", "arena/arena-Logs", "RetentionInDays", "7")),
        Template.read(folder.resolve("template.yaml"))
            .properties("AWS::Logs::LogGroup", Map.of(), DEPLOYMENT));
  }

  @Test
  void rejectsAFunctionOfANestedStack() throws IOException {
    nest("House: { Type: AWS::Serverless::Function, Properties: { Handler: x, CodeUri: y } }");
    InvalidTemplate refusal = assertThrows(InvalidTemplate.class, () -> plan(ROOT, Map.of()));
    assertEquals(
        "logs.yaml: Resources.House.Properties: "
            + "the local stack hosts no AWS::Serverless::Function of a nested stack",
        refusal.getMessage());
  }

  @Test
  void hostsTheProjectsTemplate() {
    StackPlan plan = Template.read(Path.of("../../template.yaml")).resolve(Map.of(), DEPLOYMENT);

    assertEquals(14, plan.functions().size());
    HttpApiDefinition http = plan.httpApi().orElseThrow();
    List<String> keys = http.routes().stream().map(HttpApiDefinition.Route::key).toList();
    assertTrue(
        keys.containsAll(List.of("POST /forks", "GET /runs/{run_id}", "$default")),
        keys.toString());
    assertEquals(List.of("http://localhost:5173"), http.cors().orElseThrow().origins());

    WebSocketApiDefinition live = plan.webSocketApi().orElseThrow();
    assertEquals("live", live.stage());
    assertEquals("action", live.selector());
    assertTrue(live.routes().keySet().containsAll(List.of("$connect", "subscribe", "$default")));

    FunctionDefinition stream =
        plan.functions().stream()
            .filter(function -> function.name().equals("arena-stream-events"))
            .findFirst()
            .orElseThrow();
    assertEquals(
        "http://localhost:8000/live", stream.environment().get("ARENA_WEBSOCKET_ENDPOINT"));
    assertEquals("127.0.0.1", stream.environment().get("REDIS_HOST"));
    assertEquals("open sesame", stream.environment().get("REDIS_PASSWORD"));

    ScheduleDefinition schedule = plan.schedules().getFirst();
    assertEquals("arena-reap-runs", schedule.function());
    assertEquals(6, plan.tables().size());
    assertTrue(
        plan.tables().stream().anyMatch(table -> table.expiry().equals(Optional.of("expires_at"))));
    assertEquals(
        List.of(
            new BucketDefinition(
                "arena-bucket",
                Optional.of(
                    new BucketDefinition.Cors(
                        List.of("http://localhost:5173", "http://localhost:8000"),
                        List.of("GET"),
                        List.of(),
                        List.of("ETag"))))),
        plan.buckets());
    StateMachineDefinition machine =
        plan.stateMachines().stream()
            .filter(found -> found.arn().equals(plan.names().get("ReplayStateMachine")))
            .findFirst()
            .orElseThrow();
    assertEquals(2, plan.stateMachines().size());
    assertEquals(
        "arn:aws:lambda:us-east-1:000000000000:function:arena-replay-turn:live",
        machine.substitutions().get("ReplayTurnFunctionArn"));
  }
}
