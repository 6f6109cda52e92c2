package arena.diagnosis;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in the message of an AWS service the right that a role does not have. */
final class MissingRight {
  /** At most so many characters of an ARN. */
  private static final String ARN = "([^\\s\"\\\\]{1,300})";

  private static final Pattern REFUSED =
      Pattern.compile(
          "not authorized to perform: ([A-Za-z0-9-]{1,60}:[A-Za-z]{1,60}) on resource: " + ARN);

  private MissingRight() {}

  /** Returns a sentence on the missing right to append; empty if the message names none. */
  static String sentence(String message) {
    Matcher refused = REFUSED.matcher(message);
    return refused.find()
        ? " Its role lacks the right %s on %s; add it to the function's policies."
            .formatted(refused.group(1), refused.group(2))
        : "";
  }
}
