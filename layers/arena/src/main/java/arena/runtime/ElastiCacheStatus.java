package arena.runtime;

import arena.diagnosis.CacheStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import software.amazon.awssdk.services.elasticache.ElastiCacheClient;
import software.amazon.awssdk.services.elasticache.model.Event;
import software.amazon.awssdk.services.elasticache.model.NodeGroup;
import software.amazon.awssdk.services.elasticache.model.NodeGroupMember;
import software.amazon.awssdk.services.elasticache.model.ReplicationGroup;

/** Reads the status of the broker's replication group from ElastiCache. */
final class ElastiCacheStatus {
  private static final int MINUTES = 60;

  private static final int MAX_RECORDS = 100;

  private final Supplier<ElastiCacheClient> client;
  private final String groupId;

  ElastiCacheStatus(Supplier<ElastiCacheClient> client, String groupId) {
    this.client = client;
    this.groupId = groupId;
  }

  CacheStatus status() {
    ReplicationGroup group =
        client
            .get()
            .describeReplicationGroups(request -> request.replicationGroupId(groupId))
            .replicationGroups()
            .getFirst();
    List<String> nodes = new ArrayList<>();
    for (NodeGroup shard : group.nodeGroups()) {
      for (NodeGroupMember member : shard.nodeGroupMembers()) {
        nodes.add(
            "%s: %s, %s".formatted(member.cacheClusterId(), member.currentRole(), shard.status()));
      }
    }
    List<CacheStatus.Event> events =
        client
            .get()
            .describeEvents(request -> request.duration(MINUTES).maxRecords(MAX_RECORDS))
            .events()
            .stream()
            .filter(event -> isOurs(event, group))
            .sorted(Comparator.comparing(Event::date).reversed())
            .map(
                event ->
                    new CacheStatus.Event(event.date(), event.sourceIdentifier(), event.message()))
            .toList();
    return new CacheStatus(group.status(), nodes, events);
  }

  /** Whether an event is of the group or one of its nodes, not of another cache. */
  private static boolean isOurs(Event event, ReplicationGroup group) {
    String source = event.sourceIdentifier();
    return source != null
        && (source.equals(group.replicationGroupId()) || group.memberClusters().contains(source));
  }
}
