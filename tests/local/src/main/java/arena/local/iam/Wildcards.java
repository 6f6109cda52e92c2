package arena.local.iam;

import java.util.Locale;

/** Matches the patterns of policies: {@code *} for any characters, {@code ?} for one. */
final class Wildcards {
  private Wildcards() {}

  /** Returns whether an action matches; upper and lower case are the same. */
  static boolean matchesAction(String pattern, String action) {
    return matches(pattern.toLowerCase(Locale.ROOT), action.toLowerCase(Locale.ROOT));
  }

  /** Returns whether the whole text matches. */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1; // the last one, which takes one more character after each mismatch
    int taken = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        taken = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++taken;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
