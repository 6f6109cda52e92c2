package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.backing.BucketDefinition;
import arena.local.backing.LocalDynamoDb;
import arena.local.backing.LocalS3;
import arena.local.backing.TableDefinition;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** External stores, for which this test uses the local servers. */
final class BackingStoresTest {
  @TempDir Path folder;

  @Test
  void createsTablesOnceWithTheirExpiry() {
    try (LocalDynamoDb elsewhere = LocalDynamoDb.inMemory()) {
      BackingStores stores = new BackingStores.External(elsewhere.endpoint(), CallerIdentity.LOCAL);
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
  void createsBucketsOnce() {
    try (LocalS3 elsewhere = LocalS3.start(folder, 0, "local", "local")) {
      BackingStores stores = new BackingStores.External(elsewhere.endpoint(), CallerIdentity.LOCAL);
      for (int start = 0; start < 2; start++) {
        stores.create(BucketDefinition.named("arena-bucket"));
      }
      assertTrue(folder.resolve("arena-bucket").toFile().isDirectory());
    }
  }
}
