/**
 * The endpoint of the AWS SDK's clients: Lambda, Step Functions, CloudWatch Logs and ElastiCache.
 */
package arena.local.aws;
