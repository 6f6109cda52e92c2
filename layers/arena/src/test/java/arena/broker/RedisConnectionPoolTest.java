package arena.broker;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.stream.FanOut;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.clients.jedis.Protocol.Command;

/** As many calls at once as a fan-out makes, to a server that answers slowly. */
@Timeout(60)
class RedisConnectionPoolTest {
  private static final long ANSWER_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final int MOST_CONNECTIONS = 16;

  private final AtomicInteger connections = new AtomicInteger();

  private void serve(ServerSocket server, ExecutorService threads) {
    while (!server.isClosed()) {
      try {
        Socket connection = server.accept();
        connections.incrementAndGet();
        threads.execute(() -> answer(connection));
      } catch (IOException _) {
        return; // closed by the test
      }
    }
  }

  /** Answers each command with a missing value. */
  private static void answer(Socket connection) {
    try (connection;
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(connection.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("*")) {
          LockSupport.parkNanos(ANSWER_NANOS);
          connection.getOutputStream().write("$-1\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException _) {
      // the client closed the connection
    }
  }

  @Test
  void answersTheCallsOfAFanOutOverFewConnections() throws Exception {
    // The threads of the server end when it and the client are closed, which is before.
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ServerSocket server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        RedisConnection redis =
            new RedisConnection(
                new RedisSettings("127.0.0.1", server.getLocalPort(), false, Optional.empty()))) {
      threads.execute(() -> serve(server, threads));
      List<Future<Object>> calls = new ArrayList<>();
      for (int i = 0; i < FanOut.MAX_CONCURRENT_SENDS; i++) {
        calls.add(threads.submit(() -> redis.execute(RedisConnection.command(Command.GET, "key"))));
      }
      for (Future<Object> call : calls) {
        assertNull(call.get());
      }
      assertTrue(connections.get() <= MOST_CONNECTIONS, () -> connections + " connections");
    }
  }
}
