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
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;

/** Sends to connections through API Gateway's {@code @connections} API. */
final class ApiGatewaySender implements ConnectionSender {
  private static final Logger LOG = LoggerFactory.getLogger(ApiGatewaySender.class);

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
    } catch (GoneException _) {
      return Result.GONE;
    } catch (ApiGatewayManagementApiException e) {
      int status = e.statusCode();
      if (status == 429 || status >= 500) {
        return Result.LATER;
      }
      // 403 or 413: our error, not retryable
      LOG.atError()
          .addKeyValue("connection_id", connectionId)
          .addKeyValue("length", message.length())
          .setCause(e)
          .log("API Gateway rejected a message");
      return Result.REFUSED;
    } catch (SdkClientException _) {
      return Result.LATER;
    }
  }

  @Override
  public boolean isGone(ConnectionId connectionId) {
    try {
      api.get().getConnection(request -> request.connectionId(connectionId.value()));
      return false;
    } catch (GoneException _) {
      return true;
    } catch (SdkException e) {
      LOG.atWarn()
          .addKeyValue("connection_id", connectionId)
          .setCause(e)
          .log("failed to query connection");
      return false;
    }
  }

  @Override
  public boolean close(ConnectionId connectionId) {
    try {
      api.get().deleteConnection(request -> request.connectionId(connectionId.value()));
      return true;
    } catch (GoneException _) {
      return true;
    } catch (SdkException e) {
      LOG.atWarn()
          .addKeyValue("connection_id", connectionId)
          .setCause(e)
          .log("failed to close connection");
      return false;
    }
  }
}
