package arena.local.compare;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments of a command.
 *
 * @param subject the file or id that the command is about; empty if there is none
 * @param options the values of each option, such as {@code --url}, in order
 * @param switches such as {@code --json}
 */
record Arguments(String subject, Map<String, List<String>> options, Set<String> switches) {
  /**
   * Reads arguments.
   *
   * @param options the options that have a value
   * @param switches the options without a value
   * @throws IllegalArgumentException for an unknown option, a missing value, or a second subject
   */
  static Arguments read(List<String> arguments, Set<String> options, Set<String> switches) {
    String subject = "";
    Map<String, List<String>> values = new LinkedHashMap<>();
    Set<String> on = new HashSet<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (switches.contains(argument)) {
        on.add(argument);
      } else if (options.contains(argument)) {
        if (++i == arguments.size()) {
          throw new IllegalArgumentException(argument + " requires a value");
        }
        values.computeIfAbsent(argument, _ -> new ArrayList<>()).add(arguments.get(i));
      } else if (argument.startsWith("-") || !subject.isEmpty()) {
        throw new IllegalArgumentException("unexpected argument '" + argument + "'");
      } else {
        subject = argument;
      }
    }
    return new Arguments(subject, values, on);
  }

  /** The last value of an option. */
  Optional<String> option(String name) {
    return values(name).isEmpty() ? Optional.empty() : Optional.of(values(name).getLast());
  }

  /** All values of an option. */
  List<String> values(String name) {
    return options.getOrDefault(name, List.of());
  }

  /** Whether a switch is given. */
  boolean has(String name) {
    return switches.contains(name);
  }
}
