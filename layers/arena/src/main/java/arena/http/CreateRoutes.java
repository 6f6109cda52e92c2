package arena.http;

import arena.run.ForkRequest;
import arena.run.Run;
import arena.run.RunRequest;
import java.util.function.Function;

/** The calls that start a run. Both answer 202: the run plays in the background. */
public final class CreateRoutes {
  private CreateRoutes() {}

  /**
   * {@code POST /runs}.
   *
   * @param create starts the run
   */
  public static Router.Route runs(Function<RunRequest, Run> create) {
    return request -> {
      request.allowQuery();
      Run run = create.apply(RequestReader.run(request.body()));
      return Answer.of(
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
    };
  }

  /**
   * {@code POST /forks}.
   *
   * @param create starts the fork
   * @param address where the fork's archive will be
   */
  public static Router.Route forks(
      Function<ForkRequest, Run> create, Function<Run, String> address) {
    return request -> {
      request.allowQuery();
      Run child = create.apply(RequestReader.fork(request.body()));
      return Answer.of(
          202,
          out -> {
            out.writeStartObject();
            out.writeStringField("child_run_id", child.runId());
            out.writeStringField("db_path", address.apply(child));
            out.writeFieldName("profile_used");
            RunJson.profile(child.profile(), out);
            out.writeEndObject();
          });
    };
  }
}
