package arena.console;

import arena.access.Role;
import arena.json.Json;
import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.models.ModelServer;
import arena.models.Reply;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A local stack for the console, which keeps its address and state when it is restarted, with
 * models that answer when a test lets them.
 */
public final class ConsoleStack implements AutoCloseable {
  private static final Duration LONGEST_TURN = Duration.ofSeconds(50);
  private static final int MANY = 10_000;

  private final Path root;
  private final Path home;
  private final ModelServer models = ModelServer.start();
  private final List<GatedRun> gated = new ArrayList<>();
  private LocalStack stack;
  private ArenaClient client;

  /**
   * Starts a stack.
   *
   * @param root the project's folder
   * @param home the folder for its state
   */
  public ConsoleStack(Path root, Path home) {
    this.root = root;
    this.home = home;
    start(0, false);
  }

  /**
   * A run whose model answers when the test permits it.
   *
   * @param id the run's id
   */
  public record GatedRun(String id, Semaphore permits) {
    /** Lets the model answer so many times. */
    public void permit(int answers) {
      permits.release(answers);
    }
  }

  /** Starts a run of a model that answers when {@link GatedRun#permit} lets it. */
  public GatedRun startGated(String label, int turns) {
    Semaphore permits = new Semaphore(0);
    String model = "gated" + "x".repeat(gated.size() + 1);
    models.when(
        model,
        call -> {
          take(permits);
          return Reply.text("One more villager.\n[{\"type\":\"queue_villager\"}]");
        });
    GatedRun run = new GatedRun(start(label, turns, "openai:" + model), permits);
    gated.add(run);
    return run;
  }

  private static void take(Semaphore permits) {
    try {
      if (!permits.tryAcquire(LONGEST_TURN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("no answer was permitted within " + LONGEST_TURN);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(int port, boolean tokens) {
    stack =
        LocalStack.start(
            Options.of(root)
                .home(home)
                .port(port, port != 0)
                .unthrottled()
                .authorization(tokens)
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString()));
    client =
        new ArenaClient(
            stack.httpUrl(),
            stack.webSocketUrl(),
            tokens ? Optional.of(stack.createToken(Role.OPERATOR, "tests")) : Optional.empty());
  }

  /**
   * Stops the stack, and starts it again with its state at the same address.
   *
   * @param tokens whether callers need tokens then
   */
  public void restart(boolean tokens) {
    int port = stack.httpUrl().getPort();
    client.close();
    stack.close();
    start(port, tokens);
  }

  /** The running stack. */
  public LocalStack stack() {
    return stack;
  }

  /** A client of the running stack. */
  public ArenaClient client() {
    return client;
  }

  /** The models that runs can use. */
  public ModelServer models() {
    return models;
  }

  /**
   * Starts a race of two scripted players in one scenario.
   *
   * @return its path, such as {@code /races/ID}
   */
  public String startRace(int rounds, int turns) {
    return "/races/"
        + client
            .post(
                "/races",
                String.format(
                    Locale.ROOT,
                    "{\"profiles\":[{\"model\":\"scripted\"},{\"model\":\"scripted:idle\"}],"
                        + "\"scenarios\":[\"balanced\"],\"rounds\":%d,\"n_turns\":%d}",
                    rounds,
                    turns))
            .expect(202)
            .get("race_id")
            .textValue();
  }

  /** Starts a run of the scripted agent. */
  public String startRun(String label, int turns) {
    return start(label, turns, "scripted");
  }

  /** Starts a run of a model. */
  public String start(String label, int turns, String model) {
    return client.startRun(
        String.format(
            Locale.ROOT,
            "{\"label\":%s,\"n_turns\":%d,\"profile\":{\"model\":\"%s\"}}",
            Json.write(TextNode.valueOf(label)),
            turns,
            model));
  }

  /** Plays a run of the scripted agent to its end. */
  public String play(String label, int turns) {
    String run = startRun(label, turns);
    client.awaitEnd(run, Browser.BOUND);
    return run;
  }

  /** Forks a run and plays the fork to its end. */
  public String fork(String parent, int t, String mutation, int turns) {
    String child =
        client.startFork(
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"mutation\":%s,\"n_turns\":%d,\"reason\":\"what if\"}",
                parent,
                t,
                mutation,
                turns));
    client.awaitEnd(child, Browser.BOUND);
    return child;
  }

  /** Makes an empty folder that is deleted with the process's other temporary files. */
  public static Path folder(String name) {
    try {
      return Files.createTempDirectory(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops the stack. */
  @Override
  public void close() {
    gated.forEach(run -> run.permit(MANY));
    client.close();
    stack.close();
    models.close();
  }
}
