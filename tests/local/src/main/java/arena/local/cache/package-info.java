/** Stands in for ElastiCache's API, for the Redis that the stack runs. */
package arena.local.cache;
