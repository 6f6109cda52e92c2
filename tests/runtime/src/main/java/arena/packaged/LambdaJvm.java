package arena.packaged;

import arena.local.lambda.FunctionDefinition;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;

/**
 * The command line and the environment of Lambda's managed Java runtime. The sources are in {@code
 * tests/runtime/README.md}.
 */
final class LambdaJvm {
  /** How a process comes to its first event. */
  enum Start {
    /** It initializes, and handles events. */
    ON_DEMAND("on-demand"),
    /** It initializes, is snapshotted, and its copies are restored to handle events. */
    SNAP_START("snap-start");

    private final String type;

    Start(String type) {
      this.type = type;
    }
  }

  private static final int HEAP_PERCENT = 85;
  private static final int KILOBYTES = 1024;
  private static final List<String> CREDENTIALS =
      List.of("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN");

  private LambdaJvm() {}

  /**
   * Returns the command that starts the runtime interface client, by the function's wrapper if it
   * has one.
   *
   * @param stack the environment variables that the function has in the local stack
   */
  static List<String> command(
      FunctionDefinition function,
      Map<String, String> stack,
      RuntimeLibraries libraries,
      Isolation.Places places,
      Start start) {
    List<String> words = new ArrayList<>();
    String wrapper = stack.get("AWS_LAMBDA_EXEC_WRAPPER");
    if (wrapper != null) {
      words.add(wrapper.replaceFirst("^/opt/", Matcher.quoteReplacement(places.opt() + "/")));
    }
    words.add(places.java());
    long heap = (long) function.memoryMegabytes() * KILOBYTES * HEAP_PERCENT / 100;
    words.add(String.format(Locale.ROOT, "-XX:MaxHeapSize=%dk", heap));
    words.add("-XX:+UseSerialGC");
    words.add("-Xshare:auto");
    if (start == Start.ON_DEMAND) {
      words.add("-XX:+TieredCompilation");
      words.add("-XX:TieredStopAtLevel=1");
    }
    words.add("--add-opens=java.base/java.io=ALL-UNNAMED");
    words.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac");
    words.add("-XX:+ErrorFileToStderr");
    words.add(
        "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
            + places.libraries()
            + "/"
            + RuntimeLibraries.NATIVE);
    if (!places.temporary().equals("/tmp")) {
      words.add("-Djava.io.tmpdir=" + places.temporary());
      words.add("-XX:-UsePerfData"); // written to /tmp
    }
    words.add("-classpath");
    words.add(
        String.join(
            ":", libraries.jars().stream().map(jar -> places.libraries() + "/" + jar).toList()));
    words.add(AWSLambda.class.getName());
    words.add(function.handler());
    return words;
  }

  /**
   * Returns the environment variables.
   *
   * @param stack those that the function has in the local stack, with its credentials
   * @param runtimeApi host and port of the Runtime API
   */
  static Map<String, String> environment(
      FunctionDefinition function,
      Map<String, String> stack,
      Isolation.Places places,
      Start start,
      String runtimeApi) {
    Map<String, String> variables = new HashMap<>(stack);
    variables.put("AWS_LAMBDA_RUNTIME_API", runtimeApi);
    variables.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
    variables.put("AWS_LAMBDA_FUNCTION_VERSION", "1");
    variables.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMegabytes()));
    variables.put("AWS_LAMBDA_INITIALIZATION_TYPE", start.type);
    variables.put("AWS_LAMBDA_LOG_FORMAT", "JSON");
    variables.put("AWS_LAMBDA_LOG_LEVEL", function.logFilter().application().name());
    variables.put("AWS_EXECUTION_ENV", "AWS_Lambda_java25");
    variables.put("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    variables.put("_HANDLER", function.handler());
    variables.put("LAMBDA_TASK_ROOT", places.task());
    variables.put("LAMBDA_RUNTIME_DIR", "/var/runtime");
    variables.put("TZ", ":UTC");
    variables.putIfAbsent("LANG", "en_US.UTF-8");
    variables.put("PATH", "/usr/local/bin:/usr/bin/:/bin:" + places.opt() + "/bin");
    variables.put(
        "LD_LIBRARY_PATH",
        String.join(
            ":",
            "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib",
            places.task(),
            places.task() + "/lib",
            places.opt() + "/lib"));
    if (start == Start.SNAP_START) {
      // A snapshot must not contain credentials: they are fetched after the restore.
      variables.keySet().removeAll(CREDENTIALS);
      variables.remove("AWS_LAMBDA_LOG_GROUP_NAME");
      variables.put(
          "AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://" + runtimeApi + RuntimeApi.CREDENTIALS);
      variables.put("AWS_CONTAINER_AUTHORIZATION_TOKEN", RuntimeApi.TOKEN);
    } else {
      variables.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
      variables.put("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/31/[1]0123456789abcdef0123456789abcdef");
    }
    return variables;
  }
}
