package arena.local.iam;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rights that requests to Lambda, Step Functions, CloudWatch Logs, ElastiCache, Bedrock and the
 * connections of a WebSocket API need.
 */
public final class ServiceAccess {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ANY = "*";

  private static final Pattern GROUP = Pattern.compile("(?:^|&)ReplicationGroupId=([^&]+)");

  /** The id of an inference profile begins with the regions that it routes to. */
  private static final Pattern PROFILE =
      Pattern.compile("(?:us|us-gov|eu|apac|jp|au|ca|global)\\.(.+)");

  private ServiceAccess() {}

  /**
   * Returns the right for an invocation.
   *
   * @param function the name or ARN, with the qualifier if the request has one
   */
  public static List<Access> lambda(String function) {
    return List.of(new Access("lambda:InvokeFunction", Arn.of("lambda", "function:", function)));
  }

  /** Returns the right for a request to Step Functions: for the execution or state machine. */
  public static List<Access> stepFunctions(String operation, String request) {
    JsonNode fields = json(request);
    String execution = fields.path("executionArn").asText();
    String resource = execution.isEmpty() ? fields.path("stateMachineArn").asText(ANY) : execution;
    return List.of(new Access("states:" + operation, resource));
  }

  /**
   * Returns the right for a call of Step Functions that a state machine makes.
   *
   * @param resource the ARN of the execution or state machine
   */
  public static List<Access> stepFunctionsCall(String operation, String resource) {
    return List.of(new Access("states:" + operation, resource));
  }

  /** Returns the right for a request to CloudWatch Logs; the resource ends in a log stream. */
  public static List<Access> logs(String operation, String request) {
    String group = json(request).path("logGroupName").asText(ANY);
    return List.of(
        new Access("logs:" + operation, Arn.of("logs", "log-group:" + group + ":log-stream:")));
  }

  /** Returns the right for a request to ElastiCache. */
  public static List<Access> elastiCache(String operation, String form) {
    if (!operation.equals("DescribeReplicationGroups")) {
      return List.of(new Access("elasticache:" + operation, ANY));
    }
    Matcher group = GROUP.matcher(form);
    String id = group.find() ? URLDecoder.decode(group.group(1), StandardCharsets.UTF_8) : ANY;
    return List.of(
        new Access("elasticache:" + operation, Arn.of("elasticache", "replicationgroup:" + id)));
  }

  /**
   * Returns the rights for a call of a model: an inference profile also needs that of its model.
   *
   * @param model the id of a model or of an inference profile, or an ARN
   */
  public static List<Access> bedrock(String model) {
    String action = "bedrock:InvokeModel";
    List<Access> needed = new ArrayList<>();
    Matcher profile = PROFILE.matcher(model);
    if (model.startsWith("arn:")) {
      needed.add(new Access(action, model));
    } else if (profile.matches()) {
      needed.add(new Access(action, Arn.of("bedrock", "inference-profile/" + model)));
      needed.add(new Access(action, foundationModel(profile.group(1))));
    } else {
      needed.add(new Access(action, foundationModel(model)));
    }
    return needed;
  }

  private static String foundationModel(String id) {
    return "arn:aws:bedrock:us-east-1::foundation-model/" + id;
  }

  /** Returns the right for a request to a connection of a WebSocket API. */
  public static List<Access> connections(
      String apiId, String stage, String method, String connectionId) {
    return List.of(
        new Access(
            "execute-api:ManageConnections",
            Arn.of(
                "execute-api",
                apiId + "/" + stage + "/" + method + "/@connections/" + connectionId)));
  }

  private static JsonNode json(String request) {
    try {
      return JSON.readTree(request);
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode(); // the service rejects it
    }
  }
}
