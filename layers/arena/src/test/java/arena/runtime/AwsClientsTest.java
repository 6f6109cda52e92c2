package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.AwsClient;
import software.amazon.awssdk.core.SdkSystemSetting;

class AwsClientsTest {
  private static final String REGION = SdkSystemSetting.AWS_REGION.property();

  private final Optional<String> region = Optional.ofNullable(System.getProperty(REGION));

  @BeforeEach
  void setRegion() {
    System.setProperty(REGION, "us-east-1");
  }

  @AfterEach
  void restoreRegion() {
    region.ifPresentOrElse(
        value -> System.setProperty(REGION, value), () -> System.clearProperty(REGION));
  }

  @Test
  void clientsShareTheThreadOfTheirTimeouts() throws Exception {
    List<Supplier<AwsClient>> clients =
        List.of(
            AwsClients::dynamoDb,
            AwsClients::s3,
            AwsClients::s3ForLargeObjects,
            AwsClients::lambda,
            AwsClients::stepFunctions,
            AwsClients::logs,
            AwsClients::elastiCache,
            () -> AwsClients.connections(URI.create("http://127.0.0.1:9")));
    List<ScheduledExecutorService> executors =
        clients.stream().map(AwsClientsTest::timeoutsOfClosed).toList();
    Set<Thread> threads = new HashSet<>();
    for (ScheduledExecutorService executor : executors) {
      threads.add(executor.submit(Thread::currentThread).get(10, TimeUnit.SECONDS));
    }
    assertEquals(1, threads.size(), threads::toString);
    assertTrue(threads.iterator().next().isDaemon());
  }

  private static ScheduledExecutorService timeoutsOfClosed(Supplier<AwsClient> create) {
    try (AwsClient client = create.get()) {
      return client
          .serviceClientConfiguration()
          .overrideConfiguration()
          .scheduledExecutorService()
          .orElseThrow();
    }
  }
}
