package arena.http;

import arena.run.ForkRequest;
import arena.run.Run;
import arena.run.RunRequest;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** The calls that start a run. Both answer 202: the run plays in the background. */
public final class CreateRoutes {
  private CreateRoutes() {}

  /** Notes how a run begins, around its beginning. */
  @FunctionalInterface
  public interface Noting {
    /**
     * Begins it and notes it.
     *
     * @param body of the request, as it was received
     */
    Response noted(String runId, String body, Supplier<Response> begin);
  }

  /**
   * {@code POST /runs}.
   *
   * @param once remembers requests with a key
   * @param noting notes how the run begins
   * @param create starts the run, under this id
   */
  public static Router.Route runs(
      IdempotentRequests once, Noting noting, BiFunction<RunRequest, String, Run> create) {
    return request -> {
      request.allowQuery();
      String body = request.body();
      RunRequest asked = RequestReader.run(body);
      return once.accept(
          request,
          body,
          runId -> noting.noted(runId, body, () -> accepted(create.apply(asked, runId))));
    };
  }

  private static Response accepted(Run run) {
    return Response.of(
        202,
        out -> {
          out.writeStartObject();
          out.writeStringField("run_id", run.runId());
          out.writeStringField("label", run.label());
          out.writeStringField("status", run.status().label());
          out.writeStringField("scenario", run.scenario());
          out.writeNumberField("n_turns", run.nTurns());
          out.writeStringField("db_path", run.dbPath());
          out.writeFieldName("profile_used");
          RunJson.profile(run.profile(), out);
          out.writeEndObject();
        });
  }

  /**
   * {@code POST /forks}.
   *
   * @param once remembers requests with a key
   * @param noting notes how the fork begins
   * @param create starts the fork, under this id
   * @param address where the fork's archive will be
   */
  public static Router.Route forks(
      IdempotentRequests once,
      Noting noting,
      BiFunction<ForkRequest, String, Run> create,
      Function<Run, String> address) {
    return request -> {
      request.allowQuery();
      String body = request.body();
      ForkRequest asked = RequestReader.fork(body);
      return once.accept(
          request,
          body,
          childId ->
              noting.noted(
                  childId,
                  body,
                  () -> {
                    Run child = create.apply(asked, childId);
                    return accepted(child, address.apply(child));
                  }));
    };
  }

  private static Response accepted(Run child, String address) {
    return Response.of(
        202,
        out -> {
          out.writeStartObject();
          out.writeStringField("child_run_id", child.runId());
          out.writeStringField("db_path", address);
          out.writeFieldName("profile_used");
          RunJson.profile(child.profile(), out);
          out.writeEndObject();
        });
  }
}
