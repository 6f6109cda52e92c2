package arena.local.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.gateway.HttpApiDefinition;
import arena.local.gateway.WebSocketApiDefinition;
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
      Parameters:
        Size: { Type: Number, Default: 7, MinValue: 1, MaxValue: 10 }
        Mode: { Type: String, Default: plain, AllowedValues: [plain, fancy] }
        Key: { Type: String, Default: "", AllowedPattern: "^[a-z/]*$" }
      Mappings:
        Colours: { plain: { wall: grey }, fancy: { wall: gold } }
      Conditions:
        Fancy: !Equals [!Ref Mode, fancy]
        Large: !Not [!Equals [!Ref Size, 7]]
        Both: !And [!Condition Fancy, !Condition Large]
        Either: !Or [!Condition Fancy, !Condition Large]
        HasKey: !Not [!Equals [!Ref Key, ""]]
      Globals:
        Function:
          Timeout: 20
          MemorySize: 512
          VpcConfig: { SubnetIds: [!Ref Nowhere] }
          Environment: { Variables: { SHARED: !Ref Size, REDIS_TLS: "true" } }
      Resources:
        House:
          Type: AWS::Serverless::Function
          Properties:
            FunctionName: !Sub "${AWS::StackName}-house"
            CodeUri: functions/house/target/house.jar
            Handler: arena.functions.House
            Policies: [{ Resource: !GetAtt Nowhere.Arn }]
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
    return assertThrows(TemplateFault.class, () -> value(expression)).getMessage();
  }

  @Test
  void aFunctionIsReadWithItsGlobals() throws IOException {
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
  void everyIntrinsicGivesWhatCloudFormationGives() throws IOException {
    assertEquals("arena-Runs", value("!Ref Runs"));
    assertEquals("arena-Runs", value("{ Ref: Runs }"));
    assertEquals(
        "arn:aws:dynamodb:us-east-1:000000000000:table/arena-Runs", value("!GetAtt Runs.Arn"));
    assertEquals("127.0.0.1", value("!GetAtt Cache.PrimaryEndPoint.Address"));
    assertEquals("6379", value("{ \"Fn::GetAtt\": [Cache, PrimaryEndPoint.Port] }"));
    assertEquals("a-7-${kept}-b", value("!Sub \"a-${Size}-${!kept}-b\""));
    assertEquals("7 and 8", value("!Sub [\"${Size} and ${Other}\", { Other: 8 }]"));
    assertEquals("a,7", value("!Join [\",\", [a, !Ref Size, !Ref AWS::NoValue]]"));
    assertEquals("c", value("!Select [1, !Split [\"-\", b-c-d]]"));
    assertEquals("grey", value("!FindInMap [Colours, !Ref Mode, wall]"));
    assertEquals("shut", value("!If [Fancy, open, shut]"));
    assertEquals("c", value("!If [Fancy, a, !If [Either, b, c]]"));
    assertEquals("arn:aws:x", value("!Sub \"arn:${AWS::Partition}:x\""));
    assertEquals(
        "arn:aws:lambda:us-east-1:000000000000:function:arena-house", value("!GetAtt House.Arn"));
  }

  @Test
  void conditionsFollowTheParameters() throws IOException {
    Map<String, String> large = Map.of("Size", "8", "Mode", "fancy");
    assertEquals("both", house("!If [Both, both, not]", large).environment().get("VALUE"));
    assertEquals("8", house("!Ref Size", large).environment().get("VALUE"));
    assertEquals(1, plan(FUNCTION.formatted("x"), Map.of()).functions().size());
    assertEquals(2, plan(FUNCTION.formatted("x"), large).functions().size());
  }

  @Test
  void whatIsLeftOutIsLeftOut() throws IOException {
    assertFalse(
        house("!If [Fancy, gold, !Ref AWS::NoValue]", Map.of()).environment().containsKey("VALUE"));
  }

  @Test
  void secretsAndAddressesAreThoseOfTheLocalStack() throws IOException {
    assertEquals("open sesame", value("!Sub \"{{resolve:secretsmanager:${Token}}}\""));
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
        refusal("\"{{resolve:secretsmanager:other}}\"").contains("no value for the secret other"));
    assertTrue(refusal("\"{{resolve:ssm:x}}\"").contains("resolves no ssm references"));
  }

  @Test
  void whatCannotBeResolvedIsNamedWithItsPath() {
    String path = "template.yaml: Resources.House.Properties.Environment.Variables.VALUE: ";
    assertEquals(path + "there is no parameter or resource Nothing", refusal("!Ref Nothing"));
    assertEquals(
        path + "the local stack has no stand-in for !GetAtt Network.CidrBlock (AWS::EC2::VPC)",
        refusal("!GetAtt Network.CidrBlock"));
    assertEquals(
        path + "the local stack has no stand-in for Fn::ImportValue", refusal("!ImportValue x"));
    assertEquals(path + "there is no condition Sunny", refusal("!If [Sunny, a, b]"));
    assertEquals(path + "there is no item 5 in 1", refusal("!Select [5, [a]]"));
    assertEquals(path + "a text is expected, not a list", refusal("[a, b]"));
  }

  @Test
  void parametersAreHeldToWhatTheTemplateAllows() {
    Map<String, String> refusals =
        Map.of(
            "Size", "11",
            "Mode", "plainer",
            "Key", "UPPER",
            "Unknown", "x");
    refusals.forEach(
        (name, value) -> {
          TemplateFault fault =
              assertThrows(TemplateFault.class, () -> house("x", Map.of(name, value)));
          assertTrue(fault.getMessage().contains(name), fault.getMessage());
        });
  }

  @Test
  void aResourceThatRefersToItselfIsRefused() {
    String yaml =
        """
        Resources:
          Runs:
            Type: AWS::DynamoDB::Table
            Properties: { TableName: !Ref Runs }
        """;
    TemplateFault fault = assertThrows(TemplateFault.class, () -> plan(yaml, Map.of()));
    assertTrue(fault.getMessage().contains("refers to itself"), fault.getMessage());
  }

  @Test
  void brokenYamlIsOneClearFault() {
    for (String yaml : List.of("a: [", "a: !!javax.script.ScriptEngineManager []", "- x", "")) {
      TemplateFault fault = assertThrows(TemplateFault.class, () -> plan(yaml, Map.of()));
      assertTrue(fault.getMessage().startsWith("template.yaml: "), fault.getMessage());
    }
  }

  /** The project's own template, as it is deployed. */
  @Test
  void theProjectsTemplateCanBeHosted() {
    StackPlan plan = Template.read(Path.of("../../template.yaml")).resolve(Map.of(), DEPLOYMENT);

    assertEquals(8, plan.functions().size());
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
    assertEquals(4, plan.tables().size());
    assertTrue(
        plan.tables().stream().anyMatch(table -> table.expiry().equals(Optional.of("expires_at"))));
    assertEquals(List.of("arena-bucket"), plan.buckets());
    StateMachineDefinition machine = plan.stateMachines().getFirst();
    assertEquals(
        "arn:aws:lambda:us-east-1:000000000000:function:arena-replay-turn:live",
        machine.substitutions().get("ReplayTurnFunctionArn"));
    assertEquals(machine.arn(), plan.names().get("ReplayStateMachine"));
  }
}
