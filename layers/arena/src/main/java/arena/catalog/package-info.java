/** The catalog: one row per run; the control plane. */
package arena.catalog;
