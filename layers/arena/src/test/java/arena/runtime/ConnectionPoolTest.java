package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.broker.ConnectionId;
import arena.stream.ConnectionSender;
import arena.stream.FanOut;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The connections that a fan-out keeps open, in a JVM without flags of the product. */
class ConnectionPoolTest {
  private static final int ROUNDS = 3;
  private static final int SECONDS = 60;

  @Test
  void keepsAConnectionForEachConcurrentSend() throws Exception {
    // a separate process, because the JDK reads the size once
    ProcessBuilder program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Daws.region=us-east-1",
            "-Daws.accessKeyId=local",
            "-Daws.secretAccessKey=local",
            "-cp",
            System.getProperty("java.class.path"),
            Sends.class.getName());
    String output = Programs.output(program);
    String last = output.strip().lines().reduce("", (_, line) -> line);
    assertEquals("connections: " + FanOut.MAX_CONCURRENT_SENDS, last, output);
  }

  /** Sends as many messages at once as a fan-out, several times, and counts the connections. */
  static final class Sends {
    private Sends() {}

    public static void main(String[] arguments) throws Exception {
      Set<InetSocketAddress> clients = ConcurrentHashMap.newKeySet();
      CyclicBarrier all = new CyclicBarrier(FanOut.MAX_CONCURRENT_SENDS);
      HttpServer server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              FanOut.MAX_CONCURRENT_SENDS);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        server.setExecutor(threads);
        server.createContext(
            "/",
            exchange -> {
              try (exchange) {
                exchange.getRequestBody().readAllBytes();
                clients.add(exchange.getRemoteAddress());
                all.await(SECONDS, TimeUnit.SECONDS); // so that all sends are in progress at once
                exchange.sendResponseHeaders(200, -1);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
        server.start();
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        ConnectionSender sender =
            new ApiGatewaySender(new Lazy<>(() -> AwsClients.connections(endpoint)));
        for (int round = 0; round < ROUNDS; round++) {
          List<Future<ConnectionSender.Result>> sends = new ArrayList<>();
          for (int i = 0; i < FanOut.MAX_CONCURRENT_SENDS; i++) {
            ConnectionId id = ConnectionId.of("connection-" + i);
            sends.add(threads.submit(() -> sender.send(id, "{}")));
          }
          for (Future<ConnectionSender.Result> send : sends) {
            assertEquals(ConnectionSender.Result.DELIVERED, send.get());
          }
        }
        System.out.println("connections: " + clients.size());
        server.stop(0);
      }
    }
  }
}
