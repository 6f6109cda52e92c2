package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.idempotency.Idempotency;
import arena.lifecycle.ReplayNotStarted;
import arena.run.RunId;
import arena.simulation.stores.Network;
import arena.simulation.stores.SimulatedIdempotency;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Requests with an {@code Idempotency-Key}, by the order of two concurrent attempts. */
final class IdempotentRequestsTest {
  private static final String BODY = "{}";

  private final Idempotency stored = new SimulatedIdempotency(() -> Instant.EPOCH, Network.DIRECT);
  private final List<RunId> played = new ArrayList<>();
  private long given;
  private final IdempotentRequests requests =
      new IdempotentRequests(() -> stored, () -> RunId.of(new UUID(0, ++given)));

  private static Request request() {
    return new Request(
        APIGatewayV2HTTPEvent.builder()
            .withRouteKey("POST /runs")
            .withHeaders(Map.of("idempotency-key", "k"))
            .build());
  }

  private Response answer(RunId runId) {
    played.add(runId);
    return Response.ofText(202, "run " + runId);
  }

  @Test
  void repeatedRequestGetsTheFirstResponse() {
    Response first = requests.handle(request(), BODY, this::answer);
    Response second = requests.handle(request(), BODY, this::answer);
    assertEquals(first.body(), second.body());
    assertEquals(1, played.size());
  }

  @Test
  void slowerOfTwoAttemptsReturnsTheResponseOfTheOther() {
    Response slower =
        requests.handle(
            request(),
            BODY,
            runId -> {
              requests.handle(request(), BODY, this::answer);
              return Response.ofText(202, "another answer");
            });
    assertEquals("run " + played.getFirst(), slower.body());
  }

  @Test
  void runThatCannotStartIsReplacedOnce() {
    List<RunId> failed = new ArrayList<>();
    Response answer =
        requests.handle(
            request(),
            BODY,
            runId -> {
              if (failed.isEmpty()) {
                failed.add(runId);
                throw new ReplayNotStarted(runId);
              }
              return answer(runId);
            });
    assertEquals("run " + played.getFirst(), answer.body());
    assertEquals(answer.body(), requests.handle(request(), BODY, this::answer).body());
    assertEquals(1, played.size());
  }
}
