package arena.contract;

import arena.comparison.Comparisons;
import arena.comparison.DynamoComparisons;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DynamoStores.Shared.class)
class DynamoComparisonsTest extends ComparisonsContract {
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
  Comparisons comparisons() {
    return new DynamoComparisons(tables.client(), tables.comparisonsTable());
  }
}
