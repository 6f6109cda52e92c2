package arena.codec;

/** Sizes of texts as UTF-8, without making the bytes. */
public final class Utf8 {
  private Utf8() {}

  /** Bytes that this well-formed text takes. */
  public static int length(CharSequence text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x800) {
        // A surrogate pair takes four bytes, and counts as two characters.
        bytes += Character.isSurrogate(c) ? 1 : 2;
      } else if (c >= 0x80) {
        bytes++;
      }
    }
    return bytes;
  }
}
