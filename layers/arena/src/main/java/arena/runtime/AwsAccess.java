package arena.runtime;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;

/**
 * Where AWS clients find the services, and with which credentials.
 *
 * @param endpoint of all services; empty for those of the SDK's default configuration
 * @param credentials what requests are signed with
 */
record AwsAccess(Optional<URI> endpoint, AwsCredentialsProvider credentials) {
  /** Shared, so that the clients of a restored snapshot fetch its credentials once. */
  static final AwsAccess DEFAULT = new AwsAccess(Optional.empty(), lambda());

  /**
   * The sources that Lambda has: environment variables, or, with a snapshot, an endpoint of its
   * own. The SDK's default has more, whose classes take time to load. System properties are for the
   * local stack, whose functions share a process, so that the first source found must not be kept.
   */
  private static AwsCredentialsProvider lambda() {
    return AwsCredentialsProviderChain.builder()
        .reuseLastProviderEnabled(false)
        .addCredentialsProvider(SystemPropertyCredentialsProvider.create())
        .addCredentialsProvider(EnvironmentVariableCredentialsProvider.create())
        .addCredentialsProvider(ContainerCredentialsProvider.builder().build())
        .build();
  }

  /**
   * Fetches credentials as a restored function does, from another address. Only a success loads all
   * that is needed, and there are no credentials before the restore.
   */
  static void rehearseCredentials(URI address) {
    String property = SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI.property();
    System.setProperty(property, address.toString());
    try (ContainerCredentialsProvider provider = ContainerCredentialsProvider.builder().build()) {
      provider.resolveCredentials();
    } finally {
      System.clearProperty(property);
    }
  }

  /** Returns access to a server that checks no credentials. */
  static AwsAccess rehearsed(URI endpoint) {
    return new AwsAccess(
        Optional.of(endpoint),
        StaticCredentialsProvider.create(AwsBasicCredentials.create("rehearsal", "rehearsal")));
  }
}
