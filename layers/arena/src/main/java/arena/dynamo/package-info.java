/** What the stores in DynamoDB share: attributes, and calls that are tried again within bounds. */
package arena.dynamo;
