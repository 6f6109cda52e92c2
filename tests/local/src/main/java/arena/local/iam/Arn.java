package arena.local.iam;

/** ARNs of the local stack's region and account. */
public final class Arn {
  private static final String PREFIX = "arn:";

  private Arn() {}

  /** Returns the ARN of a resource of a service, such as {@code table/t} of {@code dynamodb}. */
  public static String of(String service, String resource) {
    return "arn:aws:" + service + ":us-east-1:000000000000:" + resource;
  }

  /** Returns the ARN that a request gives, or that of the resource that it names. */
  public static String of(String service, String type, String nameOrArn) {
    return nameOrArn.startsWith(PREFIX) ? nameOrArn : of(service, type + nameOrArn);
  }
}
