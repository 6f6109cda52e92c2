package arena.local.lambda;

import java.util.Optional;

/**
 * What came of an invocation.
 *
 * @param requestId its id
 * @param payload the function's answer, JSON; if it failed, {@code errorType}, {@code errorMessage}
 *     and perhaps {@code stackTrace}
 * @param functionError {@code Unhandled} if the function failed
 */
public record Invocation(String requestId, String payload, Optional<String> functionError) {}
