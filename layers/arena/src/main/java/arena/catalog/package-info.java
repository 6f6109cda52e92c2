/** The catalog: one row a run, listed newest first; the control plane. */
package arena.catalog;
