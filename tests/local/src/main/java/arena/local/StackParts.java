package arena.local;

import arena.local.aws.AwsEndpoint;
import arena.local.cache.ElastiCacheApi;
import arena.local.clock.StackClock;
import arena.local.gateway.Gateway;
import arena.local.iam.Authorizer;
import arena.local.lambda.FunctionHost;
import arena.local.template.StackPlan;

/**
 * The parts of a started stack.
 *
 * @param home the state directory
 * @param loopback the name of the loopback host
 * @param clock the clock of the services
 * @param gateway the HTTP and WebSocket APIs
 * @param awsEndpoint the endpoint of Lambda, Step Functions, CloudWatch Logs and ElastiCache
 * @param redis the broker
 * @param elastiCache the broker's API
 * @param stores DynamoDB and S3
 * @param plan the resources that the stack hosts
 * @param host the functions
 * @param authorizer the roles of the functions and the state machine
 */
record StackParts(
    StateDirectory home,
    String loopback,
    StackClock clock,
    Gateway gateway,
    AwsEndpoint awsEndpoint,
    RedisNode redis,
    ElastiCacheApi elastiCache,
    BackingStores stores,
    StackPlan plan,
    FunctionHost host,
    Authorizer authorizer) {}
