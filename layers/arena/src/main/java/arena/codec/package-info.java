/** JSON codecs for events, worlds and actions, with stable bytes. */
package arena.codec;
