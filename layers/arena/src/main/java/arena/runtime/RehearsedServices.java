package arena.runtime;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Servers on loopback that answer the calls of a rehearsal as AWS and Redis would. They know as
 * much as the clients need to send a request and to read an answer. Closing them closes every
 * connection.
 */
final class RehearsedServices implements Closeable {
  private static final int MAX_LINE = 16 * 1024;
  private static final int MAX_BODY = 4 * 1024 * 1024;
  private static final int MAX_ARGUMENTS = 1_000;
  private static final int PUBLISH_KEYS = 7;
  private static final int LOOK_KEYS = 8;

  /** Words of the call of the snapshot script, which has as many keys as the publish script. */
  private static final int SNAPSHOT_WORDS = 3 + PUBLISH_KEYS + 1;

  private static final String SNAPSHOT =
      "*12\r\n$0\r\n\r\n:-1\r\n:0\r\n:0\r\n:0\r\n:0\r\n:0\r\n:0\r\n:0\r\n$0\r\n\r\n:0\r\n*0\r\n";

  private static final String EXECUTION_HISTORY =
      """
      {"events":[{"id":1,"previousEventId":0,"timestamp":1,"type":"ExecutionStarted"}]}""";

  private static final String REPLICATION_GROUPS =
      """
      <DescribeReplicationGroupsResponse><DescribeReplicationGroupsResult><ReplicationGroups>
      <ReplicationGroup><ReplicationGroupId>rehearsal</ReplicationGroupId><Status>available</Status>
      <MemberClusters/><NodeGroups><NodeGroup><Status>available</Status><NodeGroupMembers>
      <NodeGroupMember><CacheClusterId>rehearsal-001</CacheClusterId><CurrentRole>primary</CurrentRole>
      </NodeGroupMember></NodeGroupMembers></NodeGroup></NodeGroups></ReplicationGroup>
      </ReplicationGroups></DescribeReplicationGroupsResult></DescribeReplicationGroupsResponse>""";

  private static final String CACHE_EVENTS =
      """
      <DescribeEventsResponse><DescribeEventsResult><Events><Event>
      <SourceIdentifier>rehearsal</SourceIdentifier><Message>rehearsal</Message>
      <Date>2026-01-01T00:00:00Z</Date></Event></Events></DescribeEventsResult>
      </DescribeEventsResponse>""";

  private static final String CREDENTIALS_PATH = "/credentials";

  private static final String CREDENTIALS =
      """
      {"AccessKeyId":"rehearsal","SecretAccessKey":"rehearsal","Token":"rehearsal",
      "Expiration":"2100-01-01T00:00:00Z"}""";

  private static final String ONE = ":1\r\n";
  private static final byte[] NOTHING = new byte[0];

  private final ServerSocket aws = listen();
  private final ServerSocket redis = listen();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final RehearsedTables tables = new RehearsedTables();
  private final Map<String, byte[]> objects = new ConcurrentHashMap<>();

  private RehearsedServices() throws IOException {}

  /** Serves one connection. */
  private interface Protocol {
    void serve(InputStream in, OutputStream out) throws IOException;
  }

  private static final class Answer {
    private final int status;
    private final byte[] body;

    private Answer(int status, byte[] body) {
      this.status = status;
      this.body = body;
    }

    private Answer(int status, String body) {
      this(status, body.getBytes(StandardCharsets.UTF_8));
    }
  }

  static RehearsedServices start() throws IOException {
    RehearsedServices services = new RehearsedServices();
    services.accept(services.aws, services::serveHttp);
    services.accept(services.redis, RehearsedServices::serveRedis);
    return services;
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
  }

  /** Returns a function's environment variables, changed so that it uses these services. */
  Map<String, String> environment(Map<String, String> environment) {
    Map<String, String> changed = new HashMap<>(environment);
    changed.put(
        Settings.REHEARSAL_ENDPOINT,
        URI.create("http://" + host(aws) + ":" + aws.getLocalPort()).toString());
    changed.put("REDIS_HOST", host(redis));
    changed.put("REDIS_PORT", Integer.toString(redis.getLocalPort()));
    changed.put("REDIS_TLS", "false");
    changed.put("REDIS_PASSWORD", "rehearsal");
    return changed;
  }

  /** Returns the address of credentials. */
  URI credentials() {
    return URI.create("http://" + host(aws) + ":" + aws.getLocalPort() + CREDENTIALS_PATH);
  }

  private static String host(ServerSocket server) {
    return server.getInetAddress().getHostAddress();
  }

  private void accept(ServerSocket server, Protocol protocol) {
    Thread.ofVirtual()
        .name("rehearsal")
        .start(
            () -> {
              try {
                while (true) {
                  Socket socket = server.accept();
                  sockets.add(socket);
                  Thread.ofVirtual().name("rehearsal").start(() -> serve(socket, protocol));
                }
              } catch (IOException _) {
                // closed
              }
            });
  }

  private void serve(Socket socket, Protocol protocol) {
    try (socket) {
      protocol.serve(new BufferedInputStream(socket.getInputStream()), socket.getOutputStream());
    } catch (IOException | NumberFormatException _) {
      // The client has closed the connection, or its call fails.
    } finally {
      sockets.remove(socket);
    }
  }

  /** Answers one request; a connection that is kept open would be part of the snapshot. */
  private void serveHttp(InputStream in, OutputStream out) throws IOException {
    String[] request = line(in).split(" ", -1);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    byte[] body = in.readNBytes(Math.min(length, MAX_BODY));
    Answer answer = answer(request[0], request[1], headers, body);
    String head =
        String.join(
            "\r\n",
            "HTTP/1.1 " + answer.status + " -",
            "Content-Length: " + answer.body.length,
            "Content-Type: application/x-amz-json-1.0",
            "x-amzn-RequestId: rehearsal",
            "ETag: \"rehearsal\"",
            "Connection: close",
            "",
            "");
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(answer.body);
    out.flush();
  }

  private Answer answer(String method, String path, Map<String, String> headers, byte[] body)
      throws IOException {
    String target = headers.getOrDefault("x-amz-target", "");
    String operation = target.substring(target.indexOf('.') + 1);
    if (target.startsWith("DynamoDB")) {
      return new Answer(200, tables.answer(operation, new String(body, StandardCharsets.UTF_8)));
    }
    if (target.startsWith("AWSStepFunctions")) {
      return new Answer(
          200,
          operation.equals("GetExecutionHistory")
              ? EXECUTION_HISTORY
              : "{\"executionArn\":\"rehearsal\",\"startDate\":1}");
    }
    if (path.equals(CREDENTIALS_PATH)) {
      return new Answer(200, CREDENTIALS);
    }
    String form = method.equals("POST") ? new String(body, StandardCharsets.UTF_8) : "";
    if (form.startsWith("Action=DescribeReplicationGroups")) {
      return new Answer(200, REPLICATION_GROUPS);
    }
    if (form.startsWith("Action=DescribeEvents")) {
      return new Answer(200, CACHE_EVENTS);
    }
    return switch (method) {
      case "POST" -> new Answer(path.contains("/invocations") ? 202 : 200, "{}");
      case "PUT" -> {
        objects.put(path, body);
        yield new Answer(200, NOTHING);
      }
      case "GET" -> {
        byte[] object = objects.get(path);
        yield object == null ? new Answer(404, NOTHING) : new Answer(200, object);
      }
      default -> new Answer(200, NOTHING);
    };
  }

  private static void serveRedis(InputStream in, OutputStream out) throws IOException {
    while (true) {
      int count = Integer.parseInt(line(in).substring(1));
      List<String> words = new ArrayList<>();
      for (int i = 0; i < Math.min(count, MAX_ARGUMENTS); i++) {
        int length = Integer.parseInt(line(in).substring(1));
        words.add(new String(in.readNBytes(Math.min(length, MAX_BODY)), StandardCharsets.UTF_8));
        line(in);
      }
      out.write(redisAnswer(words).getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
  }

  /** Answers in the shape of the script, which its numbers of keys and arguments identify. */
  private static String redisAnswer(List<String> words) {
    return switch (words.getFirst().toUpperCase(Locale.ROOT)) {
      case "EVALSHA" ->
          switch (Integer.parseInt(words.get(2))) {
            case PUBLISH_KEYS ->
                words.size() == SNAPSHOT_WORDS ? SNAPSHOT : "*3\r\n$9\r\npublished\r\n:1\r\n:0\r\n";
            case LOOK_KEYS -> "*6\r\n:1\r\n:0\r\n:1\r\n:0\r\n:1\r\n:0\r\n";
            default -> ONE;
          };
      case "ZRANGE" -> "*0\r\n";
      case "ZSCORE" -> "$1\r\n1\r\n";
      case "AUTH", "SET" -> "+OK\r\n";
      case "PING" -> "+PONG\r\n";
      default -> ONE;
    };
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.size() > MAX_LINE) {
        throw new IOException("no complete line");
      }
      if (next != '\r') {
        line.write(next);
      }
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    aws.close();
    redis.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
