package arena.local.lambda;

import java.util.Optional;

/**
 * The outcome of an invocation.
 *
 * @param requestId its id
 * @param payload the function's response as JSON; for an error, {@code errorType}, {@code
 *     errorMessage} and possibly {@code stackTrace}
 * @param functionError {@code Unhandled} if the function failed
 */
public record Invocation(String requestId, String payload, Optional<String> functionError) {}
