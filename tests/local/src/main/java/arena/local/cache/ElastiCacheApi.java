package arena.local.cache;

import arena.local.aws.AwsApi;
import arena.local.iam.Access;
import arena.local.iam.ServiceAccess;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The API of ElastiCache for the broker: {@code DescribeReplicationGroups} and {@code
 * DescribeEvents}, in the query protocol. Status and events are those of the stack's Redis.
 */
public final class ElastiCacheApi implements AwsApi {
  /** The version of the API, which identifies its requests. */
  public static final String VERSION = "2015-02-02";

  private static final int MAX_EVENTS = 1_000;
  private static final String NODE = "-001";

  private final String groupId;
  private final BooleanSupplier alive;
  private final Supplier<Instant> now;
  private final List<Event> events = new ArrayList<>();
  private boolean wasAlive = true;

  private record Event(Instant at, String source, String type, String message) {}

  /**
   * Creates the API of one group with one node.
   *
   * @param alive returns whether Redis runs
   * @param now returns the time
   */
  public ElastiCacheApi(String groupId, BooleanSupplier alive, Supplier<Instant> now) {
    this.groupId = groupId;
    this.alive = alive;
    this.now = now;
  }

  /** Adds an event of the node, such as {@code "restarted"}. */
  public synchronized void addEvent(String message) {
    wasAlive = alive.getAsBoolean();
    if (events.size() == MAX_EVENTS) {
      events.removeFirst();
    }
    events.add(new Event(now.get(), groupId + NODE, "cache-cluster", message));
  }

  @Override
  public List<Access> needed(String operation, String body) {
    return ServiceAccess.elastiCache(operation, body);
  }

  @Override
  public synchronized Response call(String operation, String body) {
    Map<String, String> request = form(body);
    if (wasAlive && !alive.getAsBoolean()) {
      addEvent("Cache node " + groupId + NODE + " does not respond"); // it terminated
    }
    return switch (operation) {
      case "DescribeReplicationGroups" -> groups(request);
      case "DescribeEvents" -> events(request);
      default ->
          error(
              400,
              "InvalidAction",
              "the local stack does not support " + operation + " of ElastiCache");
    };
  }

  private Response groups(Map<String, String> request) {
    String wanted = request.getOrDefault("ReplicationGroupId", groupId);
    if (!wanted.equals(groupId)) {
      return error(
          404, "ReplicationGroupNotFoundFault", "ReplicationGroup " + wanted + " not found.");
    }
    // The service's status of a group whose node is being replaced.
    String status = alive.getAsBoolean() ? "available" : "modifying";
    String member =
        element("CacheClusterId", groupId + NODE)
            + element("CacheNodeId", "0001")
            + element("CurrentRole", "primary");
    String shard =
        element("NodeGroupId", "0001")
            + element("Status", status)
            + "<NodeGroupMembers><NodeGroupMember>"
            + member
            + "</NodeGroupMember></NodeGroupMembers>";
    return response(
        "DescribeReplicationGroups",
        "<ReplicationGroups><ReplicationGroup>"
            + element("ReplicationGroupId", groupId)
            + element("Status", status)
            + "<MemberClusters>"
            + element("ClusterId", groupId + NODE)
            + "</MemberClusters><NodeGroups><NodeGroup>"
            + shard
            + "</NodeGroup></NodeGroups></ReplicationGroup></ReplicationGroups>");
  }

  private Response events(Map<String, String> request) {
    Instant from =
        now.get().minus(Duration.ofMinutes(Long.parseLong(request.getOrDefault("Duration", "60"))));
    int limit = Integer.parseInt(request.getOrDefault("MaxRecords", "100"));
    StringBuilder list = new StringBuilder("<Events>");
    events.stream()
        .filter(event -> !event.at().isBefore(from))
        .limit(limit)
        .forEach(
            event ->
                list.append("<Event>")
                    .append(element("SourceIdentifier", event.source()))
                    .append(element("SourceType", event.type()))
                    .append(element("Message", event.message()))
                    .append(element("Date", event.at().truncatedTo(ChronoUnit.MILLIS).toString()))
                    .append("</Event>"));
    return response("DescribeEvents", list.append("</Events>").toString());
  }

  private static Response response(String operation, String result) {
    return new Response(
        200,
        String.format(
            Locale.ROOT,
            "<%1$sResponse xmlns=\"http://elasticache.amazonaws.com/doc/%2$s/\"><%1$sResult>%3$s</%1$sResult><ResponseMetadata><RequestId>%4$s</RequestId></ResponseMetadata></%1$sResponse>",
            operation,
            VERSION,
            result,
            UUID.randomUUID()));
  }

  private static Response error(int status, String code, String message) {
    return new Response(
        status,
        String.format(
            Locale.ROOT,
            "<ErrorResponse><Error><Type>Sender</Type>%s%s</Error><RequestId>%s</RequestId></ErrorResponse>",
            element("Code", code),
            element("Message", message),
            UUID.randomUUID()));
  }

  private static String element(String name, String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return "<" + name + ">" + escaped + "</" + name + ">";
  }

  private static Map<String, String> form(String body) {
    Map<String, String> fields = new HashMap<>();
    for (String pair : body.split("&", -1)) {
      int at = pair.indexOf('=');
      if (at > 0) {
        fields.put(
            URLDecoder.decode(pair.substring(0, at), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(at + 1), StandardCharsets.UTF_8));
      }
    }
    return fields;
  }
}
