/** What runs in Lambda: settings, clients, and how the parts are put together. */
package arena.runtime;
