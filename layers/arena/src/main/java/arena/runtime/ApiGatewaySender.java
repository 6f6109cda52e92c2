package arena.runtime;

import arena.broker.ConnectionId;
import arena.stream.ConnectionSender;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.ApiGatewayManagementApiException;

/**
 * Sends to connections through API Gateway's {@code @connections} API.
 *
 * <p>API Gateway answers 410 for a connection that is gone and 400 ({@code Invalid connectionId})
 * for an id that it never assigned, such as one of another deployment. Both are gone.
 */
final class ApiGatewaySender implements ConnectionSender {
  private static final Logger LOG = LoggerFactory.getLogger(ApiGatewaySender.class);

  private static final int BAD_REQUEST = 400;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int GONE = 410;
  private static final int TOO_MANY_REQUESTS = 429;

  private final Supplier<ApiGatewayManagementApiClient> api;

  ApiGatewaySender(Supplier<ApiGatewayManagementApiClient> api) {
    this.api = api;
  }

  @Override
  public Result send(ConnectionId connectionId, String message) {
    try {
      api.get()
          .postToConnection(
              request ->
                  request
                      .connectionId(connectionId.value())
                      .data(SdkBytes.fromUtf8String(message)));
      return Result.DELIVERED;
    } catch (ApiGatewayManagementApiException e) {
      return switch (e.statusCode()) {
        case GONE -> Result.GONE;
        // If it is not the id but the message that is malformed, the connection must be closed.
        case BAD_REQUEST -> close(connectionId) ? Result.GONE : Result.REFUSED;
        case REQUEST_TIMEOUT, TOO_MANY_REQUESTS -> Result.LATER;
        default -> e.statusCode() >= 500 ? Result.LATER : refused(connectionId, message, e);
      };
    } catch (SdkClientException _) {
      return Result.LATER;
    }
  }

  /** 403 or 413: our error, not retryable. */
  private static Result refused(
      ConnectionId connectionId, String message, ApiGatewayManagementApiException e) {
    LOG.atError()
        .addKeyValue("connection_id", connectionId)
        .addKeyValue("length", message.length())
        .setCause(e)
        .log("API Gateway rejected a message");
    return Result.REFUSED;
  }

  @Override
  public boolean isGone(ConnectionId connectionId) {
    return isGoneAfter(
        connectionId,
        () -> api.get().getConnection(request -> request.connectionId(connectionId.value())),
        false,
        "failed to query connection");
  }

  @Override
  public boolean close(ConnectionId connectionId) {
    return isGoneAfter(
        connectionId,
        () -> api.get().deleteConnection(request -> request.connectionId(connectionId.value())),
        true,
        "failed to close connection");
  }

  /**
   * Makes a call about a connection; returns whether the connection is gone.
   *
   * @param answer what a successful call means
   * @param failed message of the log line about a failed one, after which it is not known to be
   *     gone
   */
  private static boolean isGoneAfter(
      ConnectionId connectionId, Runnable call, boolean answer, String failed) {
    try {
      call.run();
      return answer;
    } catch (SdkException e) {
      if (isGone(e)) {
        return true;
      }
      LOG.atWarn().addKeyValue("connection_id", connectionId).setCause(e).log(failed);
      return false;
    }
  }

  private static boolean isGone(SdkException e) {
    return e instanceof ApiGatewayManagementApiException answer
        && (answer.statusCode() == GONE || answer.statusCode() == BAD_REQUEST);
  }
}
