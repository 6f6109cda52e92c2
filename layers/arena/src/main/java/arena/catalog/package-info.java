/** The catalog: one row per run; the control plane. */
@NullMarked
package arena.catalog;

import org.jspecify.annotations.NullMarked;
