package arena.contract;

import arena.catalog.Catalog;
import arena.journal.Journal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DynamoStores.Shared.class)
class DynamoCatalogTest extends CatalogContract {
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
  Catalog catalog() {
    return tables.catalog();
  }

  @Override
  Journal journal() {
    return tables.journal();
  }
}
