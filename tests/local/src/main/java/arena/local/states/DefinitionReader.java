package arena.local.states;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a definition in the states language, and refuses by name what is not supported here. */
final class DefinitionReader {
  private static final Pattern INVOKE = Pattern.compile("arn:aws[a-z-]*:states:::lambda:invoke");
  private static final Pattern VARIABLE = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
  private static final Set<String> RESERVED = Set.of("states", "parse");

  private DefinitionReader() {}

  /**
   * Reads a definition.
   *
   * @param text JSON or YAML, its substitutions made
   */
  static Program read(String text) {
    if (text.length() > Quotas.MAX_DEFINITION) {
      throw new DefinitionRefused("longer than " + Quotas.MAX_DEFINITION + " characters");
    }
    Object root;
    try {
      root = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    } catch (YAMLException e) {
      throw new DefinitionRefused("neither YAML nor JSON: " + e.getMessage());
    }
    Fields fields = new Fields(root, "the definition");
    fields.take("Comment");
    fields.take("Version");
    if (!fields.need("QueryLanguage").equals("JSONata")) {
      throw fields.refused("only the QueryLanguage JSONata is supported");
    }
    String startAt = fields.text("StartAt").orElseThrow(() -> fields.refused("no StartAt"));
    Optional<Duration> timeout =
        fields.integer("TimeoutSeconds", 1, Quotas.MAX_SECONDS).map(Duration::ofSeconds);
    Map<String, State> states = states(fields.need("States"));
    fields.refuseRest();
    checkPaths(startAt, states);
    return new Program(startAt, timeout, states, Json.write(root));
  }

  private static Map<String, State> states(Object value) {
    if (!(value instanceof Map<?, ?> map) || map.isEmpty()) {
      throw new DefinitionRefused("States is to be an object that holds at least one state");
    }
    Map<String, State> states = new LinkedHashMap<>();
    map.forEach(
        (key, state) -> {
          String name = String.valueOf(key);
          if (name.length() > Quotas.MAX_NAME) {
            throw new DefinitionRefused(
                String.format(
                    Locale.ROOT, "state %s: its name is longer than %d", name, Quotas.MAX_NAME));
          }
          states.put(name, state(name, new Fields(state, "state " + name)));
        });
    return states;
  }

  private static State state(String name, Fields fields) {
    String type = fields.text("Type").orElseThrow(() -> fields.refused("no Type"));
    fields.take("Comment");
    if (!fields.take("QueryLanguage").orElse("JSONata").equals("JSONata")) {
      throw fields.refused("only the QueryLanguage JSONata is supported");
    }
    State state =
        switch (type) {
          case "Task" -> task(name, fields);
          case "Choice" -> choice(name, fields);
          case "Wait" -> waiting(name, fields);
          case "Pass" -> new State.Pass(name, exit(fields));
          case "Succeed" ->
              new State.Succeed(
                  name, new Transition(fields.template("Output"), Map.of(), Optional.empty()));
          case "Fail" -> fail(name, fields);
          default -> throw fields.refused("the Type " + type + " is not supported");
        };
    fields.refuseRest();
    return state;
  }

  private static State task(String name, Fields fields) {
    String resource = fields.text("Resource").orElseThrow(() -> fields.refused("no Resource"));
    if (!INVOKE.matcher(resource).matches()) {
      throw fields.refused("the Resource " + resource + " is not supported");
    }
    Template arguments =
        fields.template("Arguments").orElseThrow(() -> fields.refused("no Arguments"));
    if (arguments instanceof Template.ObjectOf(Map<String, Template> given)) {
      Fields known = new Fields(given, fields.where() + ".Arguments");
      known.need("FunctionName");
      known.take("Payload");
      known.refuseRest();
    }
    Template timeout =
        seconds(fields, "TimeoutSeconds", 1).orElse(new Template.Constant(Quotas.MAX_SECONDS));
    List<Retrier> retriers = new ArrayList<>();
    for (Object retrier : fields.list("Retry")) {
      retriers.add(
          retrier(new Fields(retrier, fields.where() + ".Retry[" + retriers.size() + "]")));
    }
    checkAllIsLast(fields, "Retry", retriers.stream().map(Retrier::errors).toList());
    List<State.Catcher> catchers = new ArrayList<>();
    for (Object catcher : fields.list("Catch")) {
      catchers.add(
          catcher(new Fields(catcher, fields.where() + ".Catch[" + catchers.size() + "]")));
    }
    checkAllIsLast(fields, "Catch", catchers.stream().map(State.Catcher::errors).toList());
    return new State.Task(
        name, arguments, timeout, List.copyOf(retriers), List.copyOf(catchers), exit(fields));
  }

  private static Retrier retrier(Fields fields) {
    fields.take("Comment");
    String jitter = fields.text("JitterStrategy").orElse("NONE");
    if (!jitter.equals("NONE") && !jitter.equals("FULL")) {
      throw fields.refused("the JitterStrategy " + jitter + " is not supported");
    }
    Retrier retrier =
        new Retrier(
            fields.texts("ErrorEquals"),
            Duration.ofSeconds(fields.integer("IntervalSeconds", 1, Quotas.MAX_SECONDS).orElse(1)),
            fields.integer("MaxAttempts", 0, Quotas.MAX_ATTEMPTS).orElse(3),
            fields.number("BackoffRate", 1).orElse(2.0),
            Duration.ofSeconds(
                fields.integer("MaxDelaySeconds", 1, 31_622_399).orElse(Quotas.MAX_SECONDS)),
            jitter.equals("FULL"));
    fields.refuseRest();
    return retrier;
  }

  private static State.Catcher catcher(Fields fields) {
    fields.take("Comment");
    List<String> errors = fields.texts("ErrorEquals");
    Transition exit =
        new Transition(fields.template("Output"), assign(fields), Optional.of(next(fields)));
    fields.refuseRest();
    return new State.Catcher(errors, exit);
  }

  private static void checkAllIsLast(Fields fields, String name, List<List<String>> errors) {
    for (int i = 0; i < errors.size(); i++) {
      if (errors.get(i).contains("States.ALL")
          && (errors.get(i).size() > 1 || i < errors.size() - 1)) {
        throw fields.refused(name + ": States.ALL stands alone, in the last one");
      }
    }
  }

  private static State choice(String name, Fields fields) {
    List<State.Rule> rules = new ArrayList<>();
    Optional<Template> output = fields.template("Output");
    Map<String, Template> assign = assign(fields);
    for (Object value : fields.list("Choices")) {
      Fields rule = new Fields(value, fields.where() + ".Choices[" + rules.size() + "]");
      rule.take("Comment");
      Template condition =
          rule.template("Condition").orElseThrow(() -> rule.refused("no Condition"));
      rules.add(
          new State.Rule(
              condition,
              new Transition(rule.template("Output"), assign(rule), Optional.of(next(rule)))));
      rule.refuseRest();
    }
    if (rules.isEmpty()) {
      throw fields.refused("Choices is to hold at least one");
    }
    return new State.Choice(
        name,
        List.copyOf(rules),
        fields.text("Default").map(next -> new Transition(output, assign, Optional.of(next))));
  }

  private static State waiting(String name, Fields fields) {
    Optional<Template> seconds = seconds(fields, "Seconds", 0);
    Optional<Template> until = fields.template("Timestamp");
    if (seconds.isPresent() == until.isPresent()) {
      throw fields.refused("either Seconds or Timestamp is to say how long");
    }
    return new State.Wait(name, seconds, until, exit(fields));
  }

  private static Optional<Template> seconds(Fields fields, String name, int least) {
    Optional<Template> template = fields.template(name);
    if (template.isPresent() && template.get() instanceof Template.Constant(Object value)) {
      new Fields(Map.of(name, value == null ? "null" : value), fields.where())
          .integer(name, least, Quotas.MAX_SECONDS);
    }
    return template;
  }

  private static State fail(String name, Fields fields) {
    return new State.Fail(name, fields.template("Error"), fields.template("Cause"));
  }

  private static Transition exit(Fields fields) {
    Optional<Object> end = fields.take("End");
    if (end.isPresent() && !end.get().equals(true)) {
      throw fields.refused("End is only ever true");
    }
    Optional<String> next = fields.text("Next");
    if (end.isPresent() == next.isPresent()) {
      throw fields.refused("either Next or End is to say where it goes on");
    }
    return new Transition(fields.template("Output"), assign(fields), next);
  }

  private static String next(Fields fields) {
    return fields.text("Next").orElseThrow(() -> fields.refused("no Next"));
  }

  private static Map<String, Template> assign(Fields fields) {
    Optional<Template> assign = fields.template("Assign");
    if (assign.isEmpty()) {
      return Map.of();
    }
    if (!(assign.get() instanceof Template.ObjectOf(Map<String, Template> variables))) {
      throw fields.refused("Assign is to be an object");
    }
    for (String name : variables.keySet()) {
      if (!VARIABLE.matcher(name).matches()
          || name.length() > Quotas.MAX_NAME
          || RESERVED.contains(name)) {
        throw fields.refused("no variable can be called " + name);
      }
    }
    return variables;
  }

  /** Every state is reached, and every name that is gone to is a state's. */
  private static void checkPaths(String startAt, Map<String, State> states) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(startAt));
    while (!open.isEmpty()) {
      String name = open.remove();
      State state = states.get(name);
      if (state == null) {
        throw new DefinitionRefused("there is no state " + name);
      }
      if (reached.add(name)) {
        exits(state).forEach(exit -> exit.next().ifPresent(open::add));
      }
    }
    for (String name : states.keySet()) {
      if (!reached.contains(name)) {
        throw new DefinitionRefused("nothing leads to the state " + name);
      }
    }
  }

  private static List<Transition> exits(State state) {
    List<Transition> exits = new ArrayList<>();
    switch (state) {
      case State.Task task -> {
        exits.add(task.exit());
        task.catchers().forEach(catcher -> exits.add(catcher.exit()));
      }
      case State.Choice choice -> {
        choice.rules().forEach(rule -> exits.add(rule.exit()));
        choice.otherwise().ifPresent(exits::add);
      }
      case State.Wait wait -> exits.add(wait.exit());
      case State.Pass pass -> exits.add(pass.exit());
      case State.Succeed succeed -> exits.add(succeed.exit());
      case State.Fail _ -> {}
    }
    return exits;
  }
}
