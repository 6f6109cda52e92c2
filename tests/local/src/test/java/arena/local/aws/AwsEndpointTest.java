package arena.local.aws;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.clock.ManualClock;
import arena.local.iam.Authorizer;
import arena.local.iam.Credentials;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.LambdaException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;

/** The endpoint with the SDK's clients. */
final class AwsEndpointTest {
  private static final StaticCredentialsProvider ANYBODY =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "body"));

  @TempDir Path logs;
  private final Authorizer authorizer = new Authorizer();
  private FunctionHost host;
  private AwsEndpoint endpoint;
  private LambdaClient lambda;
  private SfnClient stepFunctions;

  /** Returns a greeting and records its name. */
  public static final class Greeting implements RequestHandler<Map<String, String>, String> {
    static final BlockingQueue<String> GREETED = new LinkedBlockingQueue<>();

    public Greeting(Map<String, String> environment) {}

    @Override
    public String handleRequest(Map<String, String> event, Context context) {
      String name = event.get("name");
      if (name == null) {
        throw new IllegalArgumentException("greet: name is missing");
      }
      GREETED.add(name);
      return "hello " + name;
    }
  }

  @BeforeEach
  void start() {
    Greeting.GREETED.clear();
    host =
        new FunctionHost(
            List.of(
                new FunctionDefinition(
                    "greeting",
                    Greeting.class.getName(),
                    logs,
                    Map.of(),
                    Duration.ofSeconds(5),
                    512,
                    512,
                    FunctionDefinition.Background.DEFAULT)),
            logs,
            new ManualClock(Instant.parse("2026-01-31T12:00:00Z")),
            4);
    endpoint = AwsEndpoint.start(authorizer);
    lambda = lambda(ANYBODY.resolveCredentials());
    stepFunctions =
        SfnClient.builder()
            .endpointOverride(endpoint.uri())
            .region(Region.US_EAST_1)
            .credentialsProvider(ANYBODY)
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
    endpoint.serve(host, Map.of("AWSStepFunctions.", AwsEndpointTest::stepFunctions));
  }

  private LambdaClient lambda(AwsCredentials credentials) {
    return LambdaClient.builder()
        .endpointOverride(endpoint.uri())
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(credentials))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private static AwsApi.Response stepFunctions(String operation, String body) {
    return operation.equals("StartExecution") && body.contains("\"name\":\"twice\"")
        ? new AwsApi.Response(
            400, "{\"__type\":\"ExecutionAlreadyExists\",\"message\":\"it runs already\"}")
        : new AwsApi.Response(200, "{\"executionArn\":\"arn:one\",\"startDate\":1.5}");
  }

  @AfterEach
  void stop() {
    lambda.close();
    stepFunctions.close();
    endpoint.close();
    host.close();
  }

  private InvokeResponse invoke(String function, String event) {
    return lambda.invoke(
        request -> request.functionName(function).payload(SdkBytes.fromUtf8String(event)));
  }

  @Test
  void invokesAFunctionByNameArnOrAlias() {
    for (String function :
        List.of(
            "greeting",
            "greeting:live",
            "arn:aws:lambda:us-east-1:000000000000:function:greeting",
            "arn:aws:lambda:us-east-1:000000000000:function:greeting:live")) {
      InvokeResponse response = invoke(function, "{\"name\":\"scout\"}");
      assertEquals(200, response.statusCode());
      assertNull(response.functionError());
      assertEquals("\"hello scout\"", response.payload().asUtf8String());
    }
  }

  @Test
  void refusesCallersThatDoNotKnowTheCredentials() throws Exception {
    Credentials own = Credentials.lasting();
    authorizer.requireSignatures(own);
    LambdaException refused =
        assertThrows(LambdaException.class, () -> invoke("greeting", "{\"name\":\"spy\"}"));
    assertEquals("UnrecognizedClientException", refused.awsErrorDetails().errorCode());
    try (HttpClient page = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          page.send(
              HttpRequest.newBuilder(
                      endpoint.uri().resolve("/2015-03-31/functions/greeting/invocations"))
                  .header("content-type", "text/plain")
                  .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"spy\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(403, answer.statusCode());
      assertTrue(answer.body().contains("MissingAuthenticationToken"), answer.body());
    }
    for (String secret : List.of(own.secretAccessKey(), "guessed")) {
      boolean known = secret.equals(own.secretAccessKey());
      try (LambdaClient client = lambda(AwsBasicCredentials.create(own.accessKeyId(), secret))) {
        for (String function :
            List.of("greeting", "arn:aws:lambda:us-east-1:000000000000:function:greeting:live")) {
          Executable call =
              () ->
                  client.invoke(
                      request ->
                          request
                              .functionName(function)
                              .qualifier(function.equals("greeting") ? "live" : null)
                              .payload(SdkBytes.fromUtf8String("{\"name\":\"scout\"}")));
          if (known) {
            assertDoesNotThrow(call, function);
          } else {
            assertEquals(
                "InvalidSignatureException",
                assertThrows(LambdaException.class, call).awsErrorDetails().errorCode());
          }
        }
      }
    }
    assertEquals(Set.of("scout"), Set.copyOf(Greeting.GREETED));
  }

  @Test
  void returnsAnErrorOfTheFunction() {
    InvokeResponse response = invoke("greeting", "{}");
    assertEquals(200, response.statusCode());
    assertEquals("Unhandled", response.functionError());
    assertTrue(response.payload().asUtf8String().contains("greet: name is missing"));
  }

  @Test
  void invokesAsynchronously() throws Exception {
    InvokeResponse response =
        lambda.invoke(
            request ->
                request
                    .functionName("greeting")
                    .invocationType(InvocationType.EVENT)
                    .payload(SdkBytes.fromUtf8String("{\"name\":\"monk\"}")));
    assertEquals(202, response.statusCode());
    assertEquals("monk", Greeting.GREETED.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void returnsErrorsByName() {
    assertThrows(ResourceNotFoundException.class, () -> invoke("missing", "{}"));
    assertThrows(
        ExecutionAlreadyExistsException.class,
        () -> stepFunctions.startExecution(request -> request.stateMachineArn("m").name("twice")));
    assertEquals(
        "arn:one",
        stepFunctions
            .startExecution(request -> request.stateMachineArn("m").name("once"))
            .executionArn());
  }
}
