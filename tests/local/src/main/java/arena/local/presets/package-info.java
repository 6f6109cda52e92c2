/** The command {@code ./arena presets}: a check of a deployment's presets. */
package arena.local.presets;
