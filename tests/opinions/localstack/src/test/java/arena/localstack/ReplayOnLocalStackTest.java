package arena.localstack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.DescribeExecutionResponse;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;

/** Every retrier and catcher of the deployed state machine, by LocalStack's Step Functions. */
class ReplayOnLocalStackTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final Duration INTERVAL = Duration.ofMillis(250);

  @Test
  void retriesAndCatchesEachErrorAsTheDefinitionStates() {
    ReplayScenarios scenarios = ReplayScenarios.read();
    List<String> differences = new ArrayList<>();
    try (SfnClient states = client()) {
      String machine =
          states
              .createStateMachine(
                  create ->
                      create
                          .name(ReplayScenarios.MACHINE)
                          .definition(scenarios.definition())
                          .roleArn("arn:aws:iam::000000000000:role/replay"))
              .stateMachineArn();
      Map<ReplayScenarios.Scenario, String> executions = new LinkedHashMap<>();
      for (ReplayScenarios.Scenario scenario : scenarios.all()) {
        executions.put(
            scenario,
            states
                .startExecution(
                    start ->
                        start
                            .stateMachineArn(machine + "#" + scenario.name())
                            .name(scenario.name())
                            .input(scenarios.input()))
                .executionArn());
      }
      long end = System.nanoTime() + LIMIT.toNanos();
      executions.forEach(
          (scenario, execution) -> {
            DescribeExecutionResponse ended = await(states, execution, end);
            String expected = scenario.result().orElse("SUCCEEDED");
            String actual =
                ended.status() == ExecutionStatus.FAILED ? ended.error() : ended.statusAsString();
            if (!expected.equals(actual)) {
              differences.add(scenario + ": expected " + expected + ", but was " + actual);
            }
          });
    }
    assertEquals(List.of(), differences);
  }

  private static DescribeExecutionResponse await(SfnClient states, String execution, long end) {
    DescribeExecutionResponse described;
    do {
      described = states.describeExecution(describe -> describe.executionArn(execution));
      if (described.status() != ExecutionStatus.RUNNING) {
        return described;
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
    } while (System.nanoTime() < end);
    return described;
  }

  private static SfnClient client() {
    return SfnClient.builder()
        .endpointOverride(LocalStackSession.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }
}
