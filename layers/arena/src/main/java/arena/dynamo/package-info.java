/** DynamoDB helpers shared by the stores: attributes, paging, and calls with retries. */
package arena.dynamo;
