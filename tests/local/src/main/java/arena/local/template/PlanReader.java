package arena.local.template;

import arena.local.backing.BucketDefinition;
import arena.local.backing.TableDefinition;
import arena.local.iam.Role;
import arena.local.lambda.FunctionDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Reads the resources that the local stack hosts. */
final class PlanReader {
  private static final List<String> HOSTED =
      List.of(
          "AWS::Serverless::Function",
          "AWS::Serverless::HttpApi",
          "AWS::ApiGatewayV2::Api",
          "AWS::DynamoDB::Table",
          "AWS::S3::Bucket",
          "AWS::Serverless::StateMachine");

  private final ResolvedStack stack;
  private final Map<String, String> names = new HashMap<>();

  PlanReader(ResolvedStack stack) {
    this.stack = stack;
  }

  StackPlan read() {
    stack.nested().values().forEach(PlanReader::checkNested);
    FunctionReader functionReader = new FunctionReader(stack);
    List<FunctionDefinition> functions = new ArrayList<>();
    stack
        .ofType("AWS::Serverless::Function")
        .forEach((id, properties) -> functions.add(functionReader.read(id, name(id), properties)));
    List<TableDefinition> tables = new ArrayList<>();
    stack
        .ofType("AWS::DynamoDB::Table")
        .forEach((id, properties) -> tables.add(TableReader.read(name(id), properties)));
    List<BucketDefinition> buckets = new ArrayList<>();
    stack
        .ofType("AWS::S3::Bucket")
        .forEach((id, properties) -> buckets.add(bucket(id, properties)));
    List<StateMachineDefinition> stateMachines = new ArrayList<>();
    stack
        .ofType("AWS::Serverless::StateMachine")
        .forEach((id, properties) -> stateMachines.add(stateMachine(id, properties)));
    ApiReader apis = new ApiReader(stack, this::name);
    return new StackPlan(
        functions,
        apis.http(functionReader.routes()),
        apis.webSocket(),
        functionReader.schedules(),
        tables,
        buckets,
        stateMachines,
        roles(),
        names);
  }

  private Map<String, Role> roles() {
    Map<String, Role> roles = new HashMap<>();
    stack
        .ofType("AWS::Serverless::Function")
        .forEach((id, properties) -> roles.put(name(id), PolicyReader.read(name(id), properties)));
    stack
        .ofType("AWS::Serverless::StateMachine")
        .forEach(
            (id, properties) -> {
              String machine = stack.name(id, "Name");
              roles.put(machine, PolicyReader.read(machine, properties));
            });
    return roles;
  }

  /** Rejects what would silently be missing: only the resources of the root stack are hosted. */
  private static void checkNested(ResolvedStack nested) {
    for (String type : HOSTED) {
      nested
          .ofType(type)
          .forEach(
              (_, properties) -> {
                throw new InvalidTemplate(
                    properties.path(), "the local stack hosts no " + type + " of a nested stack");
              });
    }
    nested.nested().values().forEach(PlanReader::checkNested);
  }

  private String name(String id) {
    return names.computeIfAbsent(id, stack::reference);
  }

  private BucketDefinition bucket(String id, Section properties) {
    Section rules = properties.at("CorsConfiguration").at("CorsRules");
    if (rules.items().size() > 1) {
      throw new InvalidTemplate(
          rules.path(), "the local stack supports one CORS rule, not " + rules.items().size());
    }
    return new BucketDefinition(
        name(id),
        rules.items().stream()
            .findFirst()
            .map(
                rule ->
                    new BucketDefinition.Cors(
                        rule.at("AllowedOrigins").strings(),
                        rule.at("AllowedMethods").strings(),
                        rule.at("AllowedHeaders").strings(),
                        rule.at("ExposedHeaders").strings())));
  }

  private StateMachineDefinition stateMachine(String id, Section properties) {
    Map<String, String> substitutions = new HashMap<>();
    properties
        .at("DefinitionSubstitutions")
        .entries()
        .forEach((name, value) -> substitutions.put(name, value.string()));
    return new StateMachineDefinition(
        stack.name(id, "Name"),
        name(id),
        stack.folder().resolve(properties.at("DefinitionUri").string()),
        substitutions);
  }

  /** Adds the place in the template to the message of a definition that rejects its values. */
  static <T> T checked(Section section, Supplier<T> definition) {
    try {
      return definition.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new InvalidTemplate(section.path(), String.valueOf(e.getMessage()), e);
    }
  }
}
