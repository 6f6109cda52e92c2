package arena.runtime;

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

/** Sends to connections through API Gateway's {@code @connections}. */
final class ApiGatewaySender implements ConnectionSender {
  private static final Logger LOG = LoggerFactory.getLogger(ApiGatewaySender.class);

  private final Supplier<ApiGatewayManagementApiClient> api;

  ApiGatewaySender(Supplier<ApiGatewayManagementApiClient> api) {
    this.api = api;
  }

  @Override
  public Sent send(String connectionId, String message) {
    try {
      api.get()
          .postToConnection(
              request -> request.connectionId(connectionId).data(SdkBytes.fromUtf8String(message)));
      return Sent.DELIVERED;
    } catch (GoneException _) {
      return Sent.GONE;
    } catch (ApiGatewayManagementApiException e) {
      int status = e.statusCode();
      if (status == 429 || status >= 500) {
        return Sent.LATER;
      }
      // 403 or 413: a mistake of ours, that no retry mends
      LOG.error("API Gateway refuses a message of {} characters", message.length(), e);
      return Sent.REFUSED;
    } catch (SdkClientException _) {
      return Sent.LATER;
    }
  }

  @Override
  public boolean isGone(String connectionId) {
    try {
      api.get().getConnection(request -> request.connectionId(connectionId));
      return false;
    } catch (GoneException _) {
      return true;
    } catch (SdkException e) {
      LOG.warn("connection {} was not asked after: {}", connectionId, e.getMessage());
      return false;
    }
  }

  @Override
  public boolean close(String connectionId) {
    try {
      api.get().deleteConnection(request -> request.connectionId(connectionId));
      return true;
    } catch (GoneException _) {
      return true;
    } catch (SdkException e) {
      LOG.warn("connection {} was not closed: {}", connectionId, e.getMessage());
      return false;
    }
  }
}
