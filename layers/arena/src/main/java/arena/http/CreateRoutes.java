package arena.http;

import arena.run.ForkRequest;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunRequest;
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

  private record CreatedRun(
      RunId runId,
      String label,
      String status,
      String scenario,
      int nTurns,
      String dbPath,
      RunJson.Profile profileUsed) {}

  private static Response accepted(Run run) {
    return Response.of(
        202,
        new CreatedRun(
            run.runId(),
            run.label(),
            run.status().label(),
            run.scenario(),
            run.nTurns(),
            run.dbPath(),
            RunJson.Profile.of(run.profile())));
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

  private record CreatedFork(RunId childRunId, String dbPath, RunJson.Profile profileUsed) {}

  private static Response accepted(Run child, String address) {
    return Response.of(
        202, new CreatedFork(child.runId(), address, RunJson.Profile.of(child.profile())));
  }
}
