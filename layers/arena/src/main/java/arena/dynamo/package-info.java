/** DynamoDB helpers shared by the stores: attributes, paging, and calls with retries. */
@NullMarked
package arena.dynamo;

import org.jspecify.annotations.NullMarked;
