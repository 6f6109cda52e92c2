package arena.packaged;

import arena.local.lambda.FunctionDefinition;
import java.nio.file.Path;

/**
 * A function as Lambda lays it out.
 *
 * @param function its definition
 * @param task the folder that is {@code /var/task}: its code, unpacked
 * @param opt the folder that is {@code /opt}: the merged content of its layers
 */
record FunctionImage(FunctionDefinition function, Path task, Path opt) {}
