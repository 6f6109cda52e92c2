package arena.contract;

import arena.access.AccessStore;
import arena.access.DynamoAccessStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DynamoStores.Shared.class)
class DynamoAccessStoreTest extends AccessContract {
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
  AccessStore store() {
    return new DynamoAccessStore(tables.client(), tables.accessTable());
  }
}
