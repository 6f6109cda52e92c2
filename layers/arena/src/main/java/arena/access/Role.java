package arena.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the holder of a token may do. Each role may also do what the ones before it may. */
public enum Role {
  /** Reads runs and subscribes to their events. */
  VIEWER,
  /** Also creates, forks and stops runs, and reads reports, which hold log lines. */
  OPERATOR;

  /** The name in JSON. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the role with a label; empty if there is none. */
  public static Optional<Role> parse(@Nullable String label) {
    return Arrays.stream(values()).filter(role -> role.label().equals(label)).findFirst();
  }

  /** Whether this role may do what needs the other one. */
  public boolean includes(Role least) {
    return compareTo(least) >= 0;
  }
}
