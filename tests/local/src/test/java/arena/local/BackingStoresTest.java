package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.backing.LocalDynamoDb;
import arena.local.backing.LocalS3;
import arena.local.backing.TableDefinition;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that somebody else runs, as LocalStack in Docker would; here it is our own servers. */
final class BackingStoresTest {
  @TempDir Path folder;

  @Test
  void tablesAreMadeOnceWithTheirExpiry() {
    try (LocalDynamoDb elsewhere = LocalDynamoDb.inMemory()) {
      BackingStores stores =
          new BackingStores.Elsewhere(elsewhere.endpoint(), CallerIdentity.LOCAL);
      for (int start = 0; start < 2; start++) {
        stores.create(TableDefinition.journal("journal"));
      }
      assertEquals(
          "expires_at",
          elsewhere
              .client()
              .describeTimeToLive(request -> request.tableName("journal"))
              .timeToLiveDescription()
              .attributeName());
    }
  }

  @Test
  void bucketsAreMadeOnce() {
    try (LocalS3 elsewhere = LocalS3.start(folder, 0, "local", "local")) {
      BackingStores stores =
          new BackingStores.Elsewhere(elsewhere.endpoint(), CallerIdentity.LOCAL);
      for (int start = 0; start < 2; start++) {
        stores.createBucket("arena-bucket");
      }
      assertTrue(folder.resolve("arena-bucket").toFile().isDirectory());
    }
  }
}
