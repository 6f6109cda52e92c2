package arena.text;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Finds one secret in the encodings in which services and models repeat it. */
final class KnownSecret {
  /** A secret is found by this many characters of it, so also if a longer one was cut off. */
  private static final int SEARCHED = 64;

  /** Shortest part of a secret that is found where a text was cut off. */
  private static final int MIN_CUT_OFF = 8;

  /** Characters of base64 on each side that depend on the text around the secret. */
  private static final int EDGE = 3;

  private record Encoding(String decoded, int around) {}

  private final List<Encoding> encodings = new ArrayList<>();

  KnownSecret(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    add(secret, 0);
    add(HexFormat.of().formatHex(bytes), 0);
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = new byte[offset + bytes.length];
      System.arraycopy(bytes, 0, shifted, offset, bytes.length);
      // without the characters that also depend on the bytes before and after
      int from = (offset * 8 + 5) / 6;
      int to = shifted.length * 8 / 6;
      add(Base64.getEncoder().encodeToString(shifted).substring(from, to), EDGE);
      add(Base64.getUrlEncoder().encodeToString(shifted).substring(from, to), EDGE);
    }
  }

  private void add(String encoded, int around) {
    Encoding encoding = new Encoding(new DecodedText(encoded).decoded(), around);
    if (encoding.decoded().length() >= MIN_CUT_OFF && !encodings.contains(encoding)) {
      encodings.add(encoding);
    }
  }

  /** Marks where the secret is. */
  void mark(DecodedText text) {
    String decoded = text.decoded();
    for (Encoding encoding : encodings) {
      String wanted = encoding.decoded();
      String searched = wanted.substring(0, Math.min(wanted.length(), SEARCHED));
      int at = decoded.indexOf(searched);
      while (at >= 0) {
        int length = searched.length();
        while (length < wanted.length()
            && at + length < decoded.length()
            && wanted.charAt(length) == decoded.charAt(at + length)) {
          length++;
        }
        text.mark(at, at + length, encoding.around());
        at = decoded.indexOf(searched, at + length);
      }
      markCutOff(text, decoded.length(), searched, encoding.around());
      for (int end = decoded.indexOf('…'); end >= 0; end = decoded.indexOf('…', end + 1)) {
        markCutOff(text, end, searched, encoding.around());
      }
    }
  }

  /** Marks the beginning of the secret at the end of a text that was cut off. */
  private static void markCutOff(DecodedText text, int end, String searched, int around) {
    for (int length = Math.min(searched.length() - 1, end); length >= MIN_CUT_OFF; length--) {
      if (text.decoded().startsWith(searched.substring(0, length), end - length)) {
        text.mark(end - length, end, around);
        return;
      }
    }
  }
}
