package arena.local.template;

import arena.local.lambda.FunctionDefinition;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The resources of a template, and the values of {@code Ref} and {@code Fn::GetAtt} for those that
 * the local stack supports.
 */
final class Resources {
  private final String template;
  private final Map<String, Object> declared;
  private final Deployment deployment;

  Resources(String template, Map<String, Object> declared, Deployment deployment) {
    this.template = template;
    this.declared = declared;
    this.deployment = deployment;
  }

  boolean declares(String id) {
    return declared.containsKey(id);
  }

  String type(String id) {
    return TemplateValues.string(path(id) + ".Type", declaration(id).get("Type"));
  }

  String path(String id) {
    return template + ": Resources." + id;
  }

  Map<String, Object> declaration(String id) {
    return TemplateValues.map(path(id), declared.get(id));
  }

  /** Returns the resources of a type in the template's order, regardless of their conditions. */
  Map<String, Map<String, Object>> ofType(String type) {
    Map<String, Map<String, Object>> found = new LinkedHashMap<>();
    for (String id : declared.keySet()) {
      if (type(id).equals(type)) {
        found.put(id, declaration(id));
      }
    }
    return found;
  }

  /** Returns the value of {@code Ref}, or nothing if it is not supported. */
  Optional<String> reference(String id, Intrinsics intrinsics) {
    return switch (type(id)) {
      case "AWS::Serverless::Function" -> Optional.of(name(id, "FunctionName", intrinsics));
      case "AWS::DynamoDB::Table" -> Optional.of(name(id, "TableName", intrinsics));
      case "AWS::S3::Bucket" ->
          Optional.of(name(id, "BucketName", intrinsics).toLowerCase(Locale.ROOT));
      case "AWS::Serverless::StateMachine" ->
          Optional.of(arn("states", "stateMachine:" + name(id, "Name", intrinsics)));
      case "AWS::Serverless::HttpApi", "AWS::ApiGatewayV2::Api" -> Optional.of(apiId(id));
      case "AWS::SecretsManager::Secret" ->
          Optional.of(arn("secretsmanager", "secret:" + name(id, "Name", intrinsics)));
      case "AWS::Logs::LogGroup" -> Optional.of(name(id, "LogGroupName", intrinsics));
      case "AWS::ApiGatewayV2::Integration",
          "AWS::ApiGatewayV2::Authorizer",
          "AWS::ElastiCache::ReplicationGroup",
          "AWS::Serverless::LayerVersion" ->
          Optional.of(id);
      default -> Optional.empty();
    };
  }

  /** Returns the value of {@code Fn::GetAtt}, or nothing if it is not supported. */
  Optional<String> attribute(String id, String attribute, Intrinsics intrinsics) {
    return switch (type(id) + " " + attribute) {
      case "AWS::Serverless::Function Arn" ->
          Optional.of(FunctionDefinition.ARN_PREFIX + name(id, "FunctionName", intrinsics));
      case "AWS::DynamoDB::Table Arn" ->
          Optional.of(arn("dynamodb", "table/" + name(id, "TableName", intrinsics)));
      case "AWS::S3::Bucket Arn" ->
          Optional.of(
              "arn:aws:s3:::" + name(id, "BucketName", intrinsics).toLowerCase(Locale.ROOT));
      case "AWS::Serverless::StateMachine Arn" -> reference(id, intrinsics);
      case "AWS::Serverless::StateMachine Name" -> Optional.of(name(id, "Name", intrinsics));
      case "AWS::Serverless::HttpApi ApiEndpoint" -> Optional.of(deployment.httpUrl());
      case "AWS::ApiGatewayV2::Api ApiEndpoint" -> Optional.of(deployment.webSocketUrl());
      case "AWS::ElastiCache::ReplicationGroup PrimaryEndPoint.Address" ->
          Optional.of(deployment.redisHost());
      case "AWS::ElastiCache::ReplicationGroup PrimaryEndPoint.Port" ->
          Optional.of(Integer.toString(deployment.redisPort()));
      case "AWS::CloudWatch::Alarm Arn" ->
          Optional.of(arn("cloudwatch", "alarm:" + name(id, "AlarmName", intrinsics)));
      case "AWS::Logs::LogGroup Arn" ->
          Optional.of(arn("logs", "log-group:" + name(id, "LogGroupName", intrinsics) + ":*"));
      default -> Optional.empty();
    };
  }

  /** Returns the value of {@code Ref} for a resource that SAM generates: a function's alias. */
  Optional<String> generated(String id, String suffix, Intrinsics intrinsics) {
    if (!type(id).equals("AWS::Serverless::Function") || !suffix.equals("Alias")) {
      return Optional.empty();
    }
    String property = "AutoPublishAlias";
    Section own =
        intrinsics
            .section(path(id) + ".Properties", declaration(id).get("Properties"))
            .at(property);
    Section alias = own.present() ? own : intrinsics.functionDefaults().at(property);
    String name = name(id, "FunctionName", intrinsics);
    return Optional.of(FunctionDefinition.ARN_PREFIX + name + ":" + alias.string());
  }

  /** Returns the name that a property gives a resource, or the stack's name and the id. */
  String name(String id, String property, Intrinsics intrinsics) {
    Section given = intrinsics.section(path(id), declaration(id)).at("Properties").at(property);
    return given.present() ? given.string() : deployment.stackName() + "-" + id;
  }

  /** Returns an id in API Gateway's format, ten letters and digits, derived from the logical id. */
  String apiId(String id) {
    long hash =
        UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    return ("0000000000" + Long.toUnsignedString(hash, 36))
        .substring(Long.toUnsignedString(hash, 36).length());
  }

  static String arn(String service, String resource) {
    return "arn:aws:"
        + service
        + ":"
        + Deployment.REGION
        + ":"
        + Deployment.ACCOUNT
        + ":"
        + resource;
  }
}
