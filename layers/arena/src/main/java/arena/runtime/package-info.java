/** The AWS runtime: settings, clients, telemetry and adapters. */
@NullMarked
package arena.runtime;

import org.jspecify.annotations.NullMarked;
