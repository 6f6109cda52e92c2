package arena.comparison;

/** A request for a comparison is well-formed but not possible. */
public final class InvalidComparison extends RuntimeException {
  private final String field;
  private final String limit;
  private final String message;

  /**
   * @param field the field's path, such as {@code arms[1].mutation}
   * @param limit the accepted values
   * @param message a sentence with the field and the limit
   */
  public InvalidComparison(String field, String limit, String message) {
    super(message);
    this.field = field;
    this.limit = limit;
    this.message = message;
  }

  /** The field's path. */
  public String field() {
    return field;
  }

  /** The sentence for people. */
  public String message() {
    return message;
  }

  /** The accepted values. */
  public String limit() {
    return limit;
  }
}
