/** ElastiCache's own API, which answers about the Redis that the stack runs. */
package arena.local.cache;
