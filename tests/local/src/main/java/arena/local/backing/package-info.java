/** The real servers under the local stack: Redis, S3, DynamoDB. Each listens on loopback only. */
package arena.local.backing;
