package arena.local.states;

import java.util.regex.Pattern;

/** ARNs of state machines and executions. */
final class Arns {
  private static final String ACCOUNT = "arn:aws[a-z-]*:states:[a-z0-9-]+:\\d{12}";
  private static final Pattern STATE_MACHINE =
      Pattern.compile(ACCOUNT + ":stateMachine:[^:]{1,80}");
  private static final Pattern EXECUTION =
      Pattern.compile(ACCOUNT + ":execution:[^:]{1,80}:[^:]{1,80}");

  private Arns() {}

  static boolean isStateMachine(String arn) {
    return STATE_MACHINE.matcher(arn).matches();
  }

  static boolean isExecution(String arn) {
    return EXECUTION.matcher(arn).matches();
  }

  static String execution(String stateMachineArn, String name) {
    return stateMachineArn.replace(":stateMachine:", ":execution:") + ":" + name;
  }

  /** Returns the region in an ARN. */
  static String region(String arn) {
    return arn.split(":", 5)[3];
  }
}
