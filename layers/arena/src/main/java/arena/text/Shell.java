package arena.text;

/** Quotes values in shell commands that are printed for an operator to paste. */
public final class Shell {
  private Shell() {}

  /** Returns a word of which the shell interprets nothing. */
  public static String quote(String value) {
    return "'" + value.replace("'", "'\\''") + "'";
  }

  /** Returns a word that is quoted only if the shell would interpret some of it. */
  public static String word(String value) {
    boolean safe =
        !value.isEmpty()
            && value
                .chars()
                .allMatch(
                    c ->
                        (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || "._:/-".indexOf(c) >= 0);
    return safe ? value : quote(value);
  }
}
