/** Plain JSON through one Jackson mapper. */
package arena.json;
