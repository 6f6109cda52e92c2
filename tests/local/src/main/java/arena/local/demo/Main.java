package arena.local.demo;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.TemporaryFolder;
import arena.local.client.ArenaClient;
import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code ./arena demo} runs: the demonstration, over a stack of its own that leaves nothing
 * behind.
 */
public final class Main {
  private Main() {}

  /** Plays it; there are no arguments. The exit status is 0 only if nothing was wrong. */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    System.exit(run(console));
  }

  private static int run(PrintStream console) {
    console.println("a stack of its own, on free ports:");
    Path log = Options.home(System.getenv()).resolve("logs/demo.log");
    LogFile rest = new LogFile(log);
    ProcessOutput.everythingElseTo(rest);
    try (rest;
        LocalStack stack = LocalStack.start(Options.of(Path.of("")).progress(console::println));
        ArenaClient client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl())) {
      List<String> faults = new Demo(client, console).play();
      faults.forEach(fault -> console.println("WRONG " + fault));
      return faults.isEmpty() ? 0 : 1;
    } catch (RuntimeException e) {
      console.println("arena: the demonstration did not end: " + e.getMessage());
      return 1;
    }
  }
}
