/** The servers that back the local stack: Redis, S3 and DynamoDB. Each listens on loopback only. */
package arena.local.backing;
