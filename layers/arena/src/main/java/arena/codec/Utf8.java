package arena.codec;

/** Computes UTF-8 lengths without encoding. */
public final class Utf8 {
  private Utf8() {}

  /** Returns the UTF-8 length of a well-formed text, in bytes. */
  public static int length(CharSequence text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x800) {
        // a surrogate pair: two chars, four bytes
        bytes += Character.isSurrogate(c) ? 1 : 2;
      } else if (c >= 0x80) {
        bytes++;
      }
    }
    return bytes;
  }
}
