package arena.packaged;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.models.ModelServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** A temporary stack with the runs that the sample events are about. */
final class SampleStack implements AutoCloseable {
  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final int TURNS = 10;
  private static final int EVENTS_BEFORE_MODEL = 3;
  private static final int POLL_MILLIS = 50;

  private final ModelServer models;
  private final LocalStack stack;
  private final ArenaClient client;
  private final SfnClient states;

  private SampleStack(ModelServer models, LocalStack stack) {
    this.models = models;
    this.stack = stack;
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    states = SfnClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder()).build();
  }

  /** Starts a stack for the project in the current folder. */
  static SampleStack start(Consumer<String> progress, UnaryOperator<Options> more) {
    ModelServer models = ModelServer.start();
    try {
      Options options =
          Options.of(Path.of(""))
              .unthrottled()
              .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
              .progress(progress);
      return new SampleStack(models, LocalStack.start(more.apply(options)));
    } catch (RuntimeException e) {
      models.close();
      throw e;
    }
  }

  LocalStack stack() {
    return stack;
  }

  ArenaClient client() {
    return client;
  }

  /** Plays a run to its end, and returns its id. */
  String finishedRun() {
    String runId = client.startRun(String.format(Locale.ROOT, "{\"n_turns\":%d}", TURNS));
    client.awaitEnd(runId, BOUND);
    return runId;
  }

  /** Starts a run that stays open: its execution is stopped in the first turn. */
  String openRun() {
    String runId =
        client.startRun(
            String.format(
                Locale.ROOT,
                "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:throttle\"}}",
                TURNS));
    Instant deadline = Instant.now().plus(BOUND);
    while (client.events(runId, 1).size() < EVENTS_BEFORE_MODEL) {
      if (Instant.now().isAfter(deadline)) {
        throw new IllegalStateException("run " + runId + " has no events");
      }
      pause();
    }
    String execution =
        stack.resource("ReplayStateMachine").replace(":stateMachine:", ":execution:") + ":" + runId;
    states.stopExecution(request -> request.executionArn(execution));
    return runId;
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a run", e);
    }
  }

  @Override
  public void close() {
    states.close();
    client.close();
    stack.close();
    models.close();
  }
}
