package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** S3 clients on connections that break, against a server that ends them at chosen places. */
@Timeout(60)
class S3ConnectionTest {
  private static final int ATTEMPTS = 4;
  private static final int ARCHIVE_BYTES = 30_000_000;
  private static final String OK = "HTTP/1.1 200 OK\r\nETag: \"x\"\r\nContent-Length: 0\r\n\r\n";

  /** What the server does with a connection. */
  private enum Conduct {
    CLOSE_AFTER_HEADERS,
    CLOSE_WITHIN_BODY,
    CLOSE_WITHIN_RESPONSE,
    ANSWER_WITHOUT_CONTINUE
  }

  @TempDir Path folder;

  private final Map<String, String> replaced = new HashMap<>();
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile Conduct conduct = Conduct.ANSWER_WITHOUT_CONTINUE;
  private ServerSocket server;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    set("aws.region", "us-east-1");
    set("aws.accessKeyId", "local");
    set("aws.secretAccessKey", "local");
    set("aws.endpointUrlS3", "http://127.0.0.1:" + server.getLocalPort());
    threads.execute(this::accept);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.shutdownNow();
    replaced.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  private void set(String name, String value) {
    replaced.put(name, System.setProperty(name, value));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        threads.execute(() -> serve(connection));
      } catch (IOException _) {
        return; // closed by the test
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      InputStream in = connection.getInputStream();
      String headers = headers(in);
      requests.add(headers);
      switch (conduct) {
        case CLOSE_AFTER_HEADERS -> {}
        case CLOSE_WITHIN_BODY -> in.readNBytes(100_000);
        case CLOSE_WITHIN_RESPONSE ->
            connection
                .getOutputStream()
                .write(
                    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":"
                        .getBytes(StandardCharsets.US_ASCII));
        case ANSWER_WITHOUT_CONTINUE -> {
          in.skipNBytes(length(headers));
          connection.getOutputStream().write(OK.getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException _) {
      // the client closed the connection
    }
  }

  private static String headers(InputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int next = in.read(); next >= 0; next = in.read()) {
      text.append((char) next);
      if (text.toString().endsWith("\r\n\r\n")) {
        break;
      }
    }
    return text.toString().toLowerCase(Locale.ROOT);
  }

  private static long length(String headers) {
    return headers
        .lines()
        .filter(line -> line.startsWith("content-length: "))
        .mapToLong(line -> Long.parseLong(line.substring("content-length: ".length())))
        .findFirst()
        .orElse(0);
  }

  private RequestBody archive() throws IOException {
    return RequestBody.fromFile(
        Files.write(folder.resolve("new.parquet"), new byte[ARCHIVE_BYTES]));
  }

  @Test
  void uploadsWithoutWaitingForContinue() throws IOException {
    for (RequestBody body : List.of(RequestBody.fromString("{}"), archive())) {
      try (S3Client s3 = AwsClients.s3()) {
        s3.putObject(request -> request.bucket("arena").key("key"), body);
      }
    }
    assertEquals(2, requests.size());
    for (String headers : requests) {
      assertTrue(headers.startsWith("put /arena/key "), headers);
      assertFalse(headers.contains("expect:"), headers);
    }
  }

  @Test
  void retriesUploadsOnConnectionsThatBreak() throws IOException {
    for (Conduct broken : List.of(Conduct.CLOSE_AFTER_HEADERS, Conduct.CLOSE_WITHIN_BODY)) {
      conduct = broken;
      requests.clear();
      RequestBody body = archive();
      try (S3Client s3 = AwsClients.s3ForLargeObjects()) {
        assertThrows(
            SdkClientException.class,
            () -> s3.putObject(request -> request.bucket("arena").key("key"), body));
      }
      assertEquals(ATTEMPTS, requests.size(), broken::name);
    }
  }

  @Test
  void retriesDownloadsThatEndEarly() {
    conduct = Conduct.CLOSE_WITHIN_RESPONSE;
    try (S3Client s3 = AwsClients.s3()) {
      assertThrows(
          SdkClientException.class,
          () -> s3.getObjectAsBytes(request -> request.bucket("arena").key("key")));
    }
    assertEquals(ATTEMPTS, requests.size());
  }
}
