package arena.local.states;

import arena.local.aws.AwsApi;
import arena.local.iam.Access;
import arena.local.iam.ServiceAccess;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The API of Step Functions: {@code StartExecution}, {@code StopExecution}, {@code
 * DescribeExecution} and {@code GetExecutionHistory}. Other operations are rejected by name.
 */
public final class StepFunctionsApi implements AwsApi {
  private static final System.Logger LOG = System.getLogger(StepFunctionsApi.class.getName());

  /** The prefix of an operation in the header {@code X-Amz-Target}. */
  public static final String TARGET_PREFIX = "AWSStepFunctions.";

  private static final Pattern INVALID_NAME =
      Pattern.compile("[\\s<>{}\\[\\]?*\"#%\\\\^|~`$&,;:/\\x00-\\x1f\\x7f-\\x9f]");

  private static final int MAX_ARN = 256;

  private final StepFunctions states;

  /** Creates the API of a service. */
  public StepFunctionsApi(StepFunctions states) {
    this.states = states;
  }

  @Override
  public List<Access> needed(String operation, String body) {
    return ServiceAccess.stepFunctions(operation, body);
  }

  @Override
  public Response call(String operation, String body) {
    if (!states.isOpen()) {
      return error(503, "ServiceUnavailable", "Step Functions is not running");
    }
    try {
      ApiRequest request = ApiRequest.read(body);
      Map<String, Object> response =
          switch (operation) {
            case "StartExecution" -> startExecution(request);
            case "StopExecution" -> stopExecution(request);
            case "DescribeExecution" -> execution(request).described();
            case "GetExecutionHistory" -> history(request);
            default ->
                throw new ApiError(
                    "UnknownOperationException",
                    "the operation " + operation + " is not supported");
          };
      return new Response(200, Json.write(response));
    } catch (ApiError e) {
      return error(400, e.type(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "failed to process " + operation, e);
      return error(500, "InternalServerError", "the request failed; see the log for the cause");
    }
  }

  private static Response error(int status, String type, String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("__type", type);
    error.put("message", message);
    return new Response(status, Json.write(error));
  }

  // ---- operations

  private Map<String, Object> startExecution(ApiRequest request) throws ApiError, IOException {
    StateMachine machine = machine(request);
    String name =
        request.string("name", Integer.MAX_VALUE).orElseGet(() -> UUID.randomUUID().toString());
    if (name.isEmpty() || name.length() > Quotas.MAX_NAME || INVALID_NAME.matcher(name).find()) {
      throw new ApiError("InvalidName", "Invalid Name: '" + name + "'");
    }
    String input = request.string("input", Quotas.MAX_DATA_BYTES).orElse("{}");
    checkInput(input);
    Execution execution = states.startExecution(machine, name, input);
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("executionArn", execution.arn());
    response.put("startDate", Timestamps.seconds(execution.startedAt()));
    return response;
  }

  private static void checkInput(String input) throws ApiError {
    if (Json.bytes(input) > Quotas.MAX_DATA_BYTES) {
      throw new ApiError(
          "InvalidExecutionInput",
          String.format(Locale.ROOT, "the input has more than %d bytes", Quotas.MAX_DATA_BYTES));
    }
    try {
      Json.read(input);
    } catch (JsonProcessingException e) {
      throw new ApiError(
          "InvalidExecutionInput", "Invalid State Machine Execution Input: it is not JSON");
    }
  }

  private Map<String, Object> stopExecution(ApiRequest request) throws ApiError, IOException {
    Execution execution = execution(request);
    Map<String, Object> details = new LinkedHashMap<>();
    request.string("error", Quotas.MAX_ERROR).ifPresent(error -> details.put("error", error));
    request.string("cause", Quotas.MAX_CAUSE).ifPresent(cause -> details.put("cause", cause));
    return Map.of("stopDate", Timestamps.seconds(execution.abort(details)));
  }

  private Map<String, Object> history(ApiRequest request) throws ApiError, IOException {
    request.reject("includeExecutionData");
    Execution execution = execution(request);
    boolean reverse = request.flag("reverseOrder");
    int most = request.maxResults();
    String query = "history " + execution.arn() + " " + reverse;
    Optional<String> token =
        PageToken.read(request.string("nextToken", PageToken.MAX_LENGTH), query);
    long last = execution.lastId();
    long from = token.isPresent() ? eventId(token.get(), last) : (reverse ? last : 1);
    long to = reverse ? Math.max(1, from - most + 1) : Math.min(last, from + most - 1);
    List<HistoryEvent> events =
        new ArrayList<>(execution.events(Math.min(from, to), Math.max(from, to)));
    if (reverse) {
      events = events.reversed();
    }
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("events", events.stream().map(HistoryEvent::described).toList());
    boolean more = reverse ? to > 1 : to < last;
    if (more) {
      response.put("nextToken", PageToken.write(query, Long.toString(reverse ? to - 1 : to + 1)));
    }
    return response;
  }

  private static long eventId(String position, long last) throws ApiError {
    try {
      long id = Long.parseLong(position);
      if (id >= 1 && id <= last) {
        return id;
      }
    } catch (NumberFormatException e) {
      throw PageToken.invalid();
    }
    throw PageToken.invalid();
  }

  // ---- arguments

  private StateMachine machine(ApiRequest request) throws ApiError {
    String arn = request.required("stateMachineArn", MAX_ARN);
    if (!Arns.isStateMachine(arn)) {
      throw new ApiError("InvalidArn", "Invalid Arn: '" + arn + "'");
    }
    return states
        .machine(arn)
        .orElseThrow(
            () ->
                new ApiError(
                    "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'"));
  }

  private Execution execution(ApiRequest request) throws ApiError, IOException {
    String arn = request.required("executionArn", MAX_ARN);
    if (!Arns.isExecution(arn)) {
      throw new ApiError("InvalidArn", "Invalid Arn: '" + arn + "'");
    }
    return states
        .execution(arn)
        .orElseThrow(
            () -> new ApiError("ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"));
  }
}
