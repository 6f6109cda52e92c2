/** The AWS runtime: settings, clients, telemetry and adapters. */
package arena.runtime;
