package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** All ports that a stack listens on: which addresses they have, and what web pages get there. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the ports of a process are read from /proc")
final class LoopbackPortsTest {
  private static final Path ROOT = Path.of("../..");
  private static final String LISTENING = "0A";

  /** A path of Lambda's runtime interface, which knows no other. */
  private static final String RUNTIME_API = " /2018-06-01/runtime/invocation/next";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** A socket that listens; the address in hexadecimal digits as in /proc/net/tcp. */
  private record Listener(String address, int port) {}

  private static Set<Listener> listeners(String process) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc", process, "fd"))) {
      files.forEach(file -> inode(file).ifPresent(inodes::add));
    }
    Set<Listener> found = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc", process, "net", table))) {
        String[] fields = line.trim().split("\\s+", -1);
        if (fields[3].equals(LISTENING) && inodes.contains(fields[9])) {
          String[] local = fields[1].split(":", -1);
          found.add(new Listener(local[0], Integer.parseInt(local[1], 16)));
        }
      }
    }
    return found;
  }

  private static Optional<String> inode(Path file) {
    try {
      String target = Files.readSymbolicLink(file).toString();
      return target.startsWith("socket:[")
          ? Optional.of(target.substring("socket:[".length(), target.length() - 1))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // closed meanwhile
    }
  }

  private static String answer(int port, String start, String headers) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      String request =
          start + " HTTP/1.1\r\n" + headers + "Content-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(start + " to port " + port, e);
    }
  }

  /** Returns the first line of what Redis answers to the request of a page. */
  private static String redis(LocalStack stack) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), stack.redisPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write("POST / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII));
      String line =
          new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
              .readLine();
      return line == null ? "closed" : line;
    }
  }

  private static int health(LocalStack stack) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(stack.httpUrl().resolve("/health")).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString())
          .statusCode();
    }
  }

  @Test
  void everyPortIsOnLoopbackAndClosedToWebPages() throws Exception {
    Set<Listener> before = listeners("self");
    // With a process of a function, which has a port for Lambda's runtime interface.
    Options options = Options.of(ROOT).inProcess((function, _) -> function.endsWith("read-runs"));
    try (LocalStack stack = LocalStack.start(options)) {
      assertEquals(200, health(stack));
      Set<Listener> ports = listeners("self");
      ports.removeAll(before);
      List<Integer> known =
          List.of(
              stack.httpUrl().getPort(),
              stack.dynamoDbUrl().getPort(),
              stack.s3Url().getPort(),
              stack.lambdaAndStepFunctionsUrl().getPort());
      assertTrue(ports.stream().map(Listener::port).toList().containsAll(known), ports.toString());
      assertEquals(known.size() + 1, ports.size(), ports.toString());
      for (Listener listener : ports) {
        assertTrue(listener.address().endsWith("0100007F"), listener.toString());
        for (String method : List.of("GET", "POST", "OPTIONS")) {
          String start = method + RUNTIME_API;
          // S3 knows no origins: it refuses what is not signed, with several statuses.
          String expected =
              listener.port() == stack.s3Url().getPort() ? "HTTP/1.1 [45]" : "HTTP/1.1 403 ";
          for (String headers :
              List.of(
                  "Host: localhost\r\nOrigin: https://evil.example\r\n",
                  "Host: evil.example\r\n")) {
            String answer = answer(listener.port(), start, headers);
            assertTrue(
                answer.split("\r\n", 2)[0].matches(expected + ".*"),
                listener + " " + start + ": " + answer);
            assertFalse(answer.toLowerCase(Locale.ROOT).contains("access-control"), answer);
          }
        }
      }
      String invoke = "POST /2015-03-31/functions/arena-reap-runs/invocations";
      String unsigned =
          answer(
              stack.lambdaAndStepFunctionsUrl().getPort(),
              invoke,
              "Host: localhost\r\nContent-Type: text/plain\r\n");
      assertTrue(unsigned.startsWith("HTTP/1.1 403 "), unsigned);
      assertTrue(unsigned.contains("MissingAuthenticationToken"), unsigned);
      String tables =
          answer(
              stack.dynamoDbUrl().getPort(),
              "POST /",
              "Host: localhost\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n");
      assertTrue(tables.startsWith("HTTP/1.1 400 "), tables);
      assertTrue(tables.contains("MissingAuthenticationToken"), tables);
      assertTrue(redis(stack).matches("-NOAUTH.*|closed"), "Redis requires its password");
    }
  }

  /** Credentials that every web page knows must not sign requests. */
  @Test
  void s3RefusesTheSignatureOfThePlaceholderCredentials() {
    try (LocalStack stack = LocalStack.start(Options.of(ROOT));
        S3Client client =
            S3Client.builder()
                .endpointOverride(stack.s3Url())
                .region(Region.of(CallerIdentity.LOCAL.region()))
                .credentialsProvider(
                    StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(
                            CallerIdentity.LOCAL.accessKeyId(),
                            CallerIdentity.LOCAL.secretAccessKey())))
                .forcePathStyle(true)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
      S3Exception refused = assertThrows(S3Exception.class, client::listBuckets);
      assertEquals(403, refused.statusCode());
    }
  }
}
