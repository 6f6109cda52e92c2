package arena.localstack;

import java.net.URI;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Starts LocalStack for the tests of a JVM, and names it to the contract tests by the system
 * property {@code arena.aws.endpoint}.
 */
public final class LocalStackSession implements LauncherSessionListener {
  static final String ENDPOINT = "arena.aws.endpoint";

  /** The last release that does not need a token. */
  private static final String IMAGE = "localstack/localstack:4.14.0";

  private static final String RESPONSES = "/tmp/arena-responses.json";

  private LocalStackContainer container;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    container =
        new LocalStackContainer(DockerImageName.parse(IMAGE))
            .withServices("dynamodb", "s3", "stepfunctions")
            .withEnv("SFN_MOCK_CONFIG", RESPONSES)
            .withCopyToContainer(
                Transferable.of(ReplayScenarios.read().mockedResponses()), RESPONSES);
    container.start();
    System.setProperty(ENDPOINT, container.getEndpoint().toString());
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    System.clearProperty(ENDPOINT);
    if (container != null) {
      container.stop();
    }
  }

  /** Returns the address of the container. */
  static URI endpoint() {
    return URI.create(System.getProperty(ENDPOINT));
  }
}
