package arena.local.demo;

import arena.access.Role;
import arena.local.LocalStack;
import arena.local.Options;
import arena.local.TemporaryFolder;
import arena.local.client.ArenaClient;
import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import arena.text.PlainText;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Implements {@code ./arena demo}: runs the demonstration with a temporary stack. */
public final class Main {
  private Main() {}

  /** Runs the demonstration; takes no arguments. The exit status is 0 on success. */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    System.exit(run(console));
  }

  private static int run(PrintStream console) {
    boolean authorizes = arena.local.Main.authorization(System.getenv());
    console.println("temporary stack on free ports:");
    Path log = Options.home(System.getenv()).resolve("logs/demo.log");
    LogFile rest = new LogFile(log);
    ProcessOutput.redirectOthers(rest);
    try (rest;
        LocalStack stack = LocalStack.start(options(console).authorization(authorizes));
        ArenaClient client =
            new ArenaClient(
                stack.httpUrl(),
                stack.webSocketUrl(),
                authorizes
                    ? Optional.of(stack.createToken(Role.OPERATOR, "demo"))
                    : Optional.empty())) {
      List<String> faults = new Demo(client, console).play();
      faults.forEach(fault -> console.println("WRONG " + fault));
      return faults.isEmpty() ? 0 : 1;
    } catch (RuntimeException e) {
      console.println(
          "arena: the demonstration failed: " + PlainText.line(String.valueOf(e.getMessage())));
      return 1;
    }
  }

  private static Options options(PrintStream console) {
    Options options = Options.of(Path.of("")).progress(console::println);
    arena.local.Main.awsEndpoint(System.getenv()).ifPresent(options::awsEndpoint);
    return options;
  }
}
