package arena.contract;

import arena.idempotency.Idempotency;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DynamoStores.Shared.class)
class DynamoIdempotencyTest extends IdempotencyContract {
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
  Idempotency idempotency(Instant now) {
    return tables.idempotency(InstantSource.fixed(now));
  }
}
