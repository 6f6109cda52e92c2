package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import arena.archive.EngineLimits;
import arena.local.lambda.FunctionDefinition;
import arena.local.template.StackPlan;
import arena.packaged.ArtefactSize;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory and disk of the functions hold what the archive's engine may use. */
final class FunctionSizesTest {
  private static final long MEGABYTE = 1024 * 1024;

  /** SnapStart supports no larger storage. */
  private static final int SNAP_START_STORAGE = 512;

  private final StackPlan plan = AcceptanceStack.shared().stack().plan();

  private FunctionDefinition function(String name) {
    return plan.functions().stream()
        .filter(function -> function.name().endsWith("-" + name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"create-fork", "read-runs", "stream-events"})
  void readersHoldTheLargestArchiveAndItsCache(String name) {
    FunctionDefinition function = function(name);
    assertEquals(SNAP_START_STORAGE, function.storageMegabytes());
    assertTrue(EngineLimits.READING_DISK_BYTES <= function.storageMegabytes() * MEGABYTE);
    assertTrue(EngineLimits.MEMORY_BYTES <= function.memoryMegabytes() * MEGABYTE / 4);
  }

  @Test
  void finalizeRunHoldsTheLargestArchiveAndItsParts() {
    FunctionDefinition function = function("finalize-run");
    assertTrue(EngineLimits.WRITING_DISK_BYTES <= function.storageMegabytes() * MEGABYTE);
    assertTrue(EngineLimits.MEMORY_BYTES <= function.memoryMegabytes() * MEGABYTE / 4);
  }

  /** A start reads them; Lambda also limits the sum of all versions in an account. */
  @Test
  void codeAndLayersWithoutDuckDbAreAtMostTwentyMegabytes() throws IOException {
    // Maven, which sets this property, packages first; a single test runs on compiled classes.
    boolean packaged = System.getProperty("basedir") != null;
    assumeTrue(packaged || ArtefactSize.built(plan.functions()), "it needs ./arena build");
    for (FunctionDefinition function : plan.functions()) {
      if (!ArtefactSize.hasDuckDb(function)) {
        long bytes = ArtefactSize.of(function);
        assertTrue(bytes <= ArtefactSize.LIMIT, () -> function.name() + ": " + bytes);
      }
    }
  }
}
