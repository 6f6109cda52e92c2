package arena.runtime;

import arena.stream.Gateway;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.ApiGatewayManagementApiException;
import software.amazon.awssdk.services.apigatewaymanagementapi.model.GoneException;

/** Sends to connections through API Gateway's {@code @connections}. */
final class ApiGateway implements Gateway {
  private final Supplier<ApiGatewayManagementApiClient> api;

  ApiGateway(Supplier<ApiGatewayManagementApiClient> api) {
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
      throw e; // 403 or 413: a mistake of ours, for the log
    } catch (SdkClientException _) {
      return Sent.LATER;
    }
  }
}
