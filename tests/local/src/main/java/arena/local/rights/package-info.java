/** The command {@code ./arena rights}: the template's rights that no test used. */
package arena.local.rights;
