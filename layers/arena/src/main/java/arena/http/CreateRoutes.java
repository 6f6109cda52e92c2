package arena.http;

import arena.json.Json;
import arena.run.ForkRequest;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunRequest;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The routes that create runs and forks. Both respond with 202; runs play in the background. */
public final class CreateRoutes {
  private CreateRoutes() {}

  /** Records the creation of a run. */
  @FunctionalInterface
  public interface Recording {
    /**
     * * Runs {@code create} and records the request. * *
     *
     * @param body the request body as received
     */
    Response record(RunId runId, String body, Supplier<Response> create);
  }

  /**
   * {@code POST /runs}.
   *
   * @param idempotentRequests handles the {@code Idempotency-Key}
   * @param recording records the creation
   * @param create creates the run with the given id
   */
  public static Router.Route runs(
      IdempotentRequests idempotentRequests,
      Recording recording,
      BiFunction<RunRequest, RunId, Run> create) {
    return request -> {
      request.allowQuery();
      String body = request.body();
      RunRequest runRequest = RequestReader.run(body);
      return idempotentRequests.handle(
          request,
          body,
          runId -> recording.record(runId, body, () -> accepted(create.apply(runRequest, runId))));
    };
  }

  private static Response accepted(Run run) {
    ObjectNode json =
        Json.object()
            .put("run_id", run.runId().value())
            .put("label", run.label())
            .put("status", run.status().label())
            .put("scenario", run.scenario())
            .put("n_turns", run.nTurns())
            .put("db_path", run.dbPath());
    json.set("profile_used", RunJson.profile(run.profile()));
    return Response.of(202, json);
  }

  /**
   * {@code POST /forks}.
   *
   * @param idempotentRequests handles the {@code Idempotency-Key}
   * @param recording records the creation
   * @param create creates the fork with the given id
   * @param address returns the address of the fork's archive
   */
  public static Router.Route forks(
      IdempotentRequests idempotentRequests,
      Recording recording,
      BiFunction<ForkRequest, RunId, Run> create,
      Function<Run, String> address) {
    return request -> {
      request.allowQuery();
      String body = request.body();
      ForkRequest forkRequest = RequestReader.fork(body);
      return idempotentRequests.handle(
          request,
          body,
          childId ->
              recording.record(
                  childId,
                  body,
                  () -> {
                    Run child = create.apply(forkRequest, childId);
                    return accepted(child, address.apply(child));
                  }));
    };
  }

  private static Response accepted(Run child, String address) {
    ObjectNode json =
        Json.object().put("child_run_id", child.runId().value()).put("db_path", address);
    json.set("profile_used", RunJson.profile(child.profile()));
    return Response.of(202, json);
  }
}
