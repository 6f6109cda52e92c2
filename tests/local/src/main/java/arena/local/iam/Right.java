package arena.local.iam;

/**
 * One right that a template grants: one action and one resource of a statement.
 *
 * @param holder the function or state machine
 * @param sid the statement
 * @param action the pattern of the action
 * @param resource the pattern of the resource
 */
public record Right(String holder, String sid, String action, String resource)
    implements Comparable<Right> {
  private static final String SEPARATOR = " ";

  /** Returns the right as a line of text, whose parts have no spaces. */
  @Override
  public String toString() {
    return String.join(SEPARATOR, holder, sid, action, resource);
  }

  @Override
  public int compareTo(Right other) {
    return toString().compareTo(other.toString());
  }
}
