package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.broker.ConnectionId;
import arena.run.RunId;
import arena.stream.Connections;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DynamoStores.Shared.class)
class DynamoConnectionsTest extends ConnectionsContract {
  private static final ConnectionId A = ConnectionId.of("a");

  /** In the future, so that only the test's own sweep expires items. */
  private static final Instant NOW = Instant.parse("2126-01-31T12:00:00Z");

  private DynamoStores.Tables tables;

  @BeforeEach
  void makeTables(DynamoStores stores) {
    tables = stores.tables();
  }

  @AfterEach
  void dropTables() {
    tables.close();
  }

  @Override
  Connections connections() {
    return tables.connections(InstantSource.fixed(NOW));
  }

  @Override
  Instant now() {
    return NOW;
  }

  @Test
  void expiresConnectionItems() {
    connections().connect(A, Principal.LOCAL, NOW);
    assertTrue(connections().subscribe(RunId.of(UUID.randomUUID()), A));
    tables.expire(NOW.plus(Duration.ofHours(2)));
    assertEquals(2, count(), "a connection may last 2 hours");
    tables.expire(NOW.plus(Duration.ofHours(4)));
    assertEquals(0, count());
    assertEquals(List.of(), connections().disconnect(A));
  }

  private int count() {
    return tables.client().scan(scan -> scan.tableName(tables.connectionsTable())).count();
  }
}
