package arena.simulation.people;

import arena.lifecycle.RunReader;
import arena.run.ForkRequest;
import arena.run.Run;
import arena.run.RunRequest;
import arena.simulation.cloud.Function;
import arena.simulation.cloud.Lambda;
import arena.simulation.cloud.Outcome;
import java.util.function.Supplier;

/** The HTTP calls, each an invocation of its function. */
public final class Api {
  private static final long LIMIT = 29_000_000;

  private final Lambda lambda;
  private final Supplier<Functions> functions;

  /** What the functions do. */
  public interface Functions {
    /** {@code POST /runs}. */
    Run createRun(RunRequest request, String runId);

    /** {@code POST /forks}. */
    Run createFork(ForkRequest request, String runId);

    /** Everything that only reads. */
    RunReader reader();
  }

  /** Calls over this. */
  public Api(Lambda lambda, Supplier<Functions> functions) {
    this.lambda = lambda;
    this.functions = functions;
  }

  /** Asks for a run. */
  public Outcome create(RunRequest request, String runId) {
    return lambda.invoke(
        Function.CREATE_RUN, () -> functions.get().createRun(request, runId), LIMIT);
  }

  /** Asks for a fork. */
  public Outcome fork(ForkRequest request, String runId) {
    return lambda.invoke(
        Function.CREATE_FORK, () -> functions.get().createFork(request, runId), LIMIT);
  }

  /** A question. */
  public interface Question<T> {
    /** Asks it. */
    T ask(RunReader reader);
  }

  /** Asks something. */
  public <T> Outcome ask(Question<T> question) {
    return lambda.invoke(Function.READ_RUNS, () -> question.ask(functions.get().reader()), LIMIT);
  }
}
