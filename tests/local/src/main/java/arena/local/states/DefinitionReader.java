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
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads a definition in the Amazon States Language. It supports the states {@code Task} (Lambda's
 * {@code Invoke}, and an execution of Step Functions that is waited for), {@code Map} (inline),
 * {@code Choice}, {@code Wait}, {@code Succeed} and {@code Fail}, and rejects everything else by
 * name.
 */
final class DefinitionReader {
  private static final Pattern INVOKE = Pattern.compile("arn:aws[a-z-]*:states:::lambda:invoke");
  private static final Pattern START_EXECUTION =
      Pattern.compile("arn:aws[a-z-]*:states:::states:startExecution\\.sync:2");
  private static final Set<String> PREDEFINED_ERRORS =
      Set.of("States.ALL", "States.Timeout", "States.TaskFailed");
  private static final int MAX_RETRY_DELAY_SECONDS = 31_622_399;

  private DefinitionReader() {}

  /**
   * Reads and validates a definition.
   *
   * @param text JSON or YAML, with its substitutions replaced
   */
  static Definition read(String text) {
    if (text.length() > Quotas.MAX_DEFINITION) {
      throw new InvalidDefinition("longer than " + Quotas.MAX_DEFINITION + " characters");
    }
    Object root;
    try {
      root = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    } catch (YAMLException e) {
      throw new InvalidDefinition("neither YAML nor JSON: " + e.getMessage());
    }
    DefinitionFields fields = new DefinitionFields(root, "the definition");
    fields.take("Comment");
    if (!fields.require("QueryLanguage").equals("JSONata")) {
      throw fields.invalid("only the QueryLanguage JSONata is supported");
    }
    Optional<Duration> timeout =
        fields.integer("TimeoutSeconds", 1, Quotas.MAX_SECONDS).map(Duration::ofSeconds);
    Flow flow = flow(fields, new LinkedHashSet<>());
    fields.rejectRest();
    return new Definition(flow, timeout);
  }

  /**
   * Reads {@code StartAt} and {@code States}.
   *
   * @param names the names of all states that were read; each may occur once in a definition
   */
  private static Flow flow(DefinitionFields fields, Set<String> names) {
    String startAt = fields.string("StartAt").orElseThrow(() -> fields.missing("StartAt"));
    Map<String, State> states = states(fields.require("States"), names);
    checkPaths(startAt, states);
    return new Flow(startAt, states);
  }

  private static Map<String, State> states(Object value, Set<String> names) {
    if (!(value instanceof Map<?, ?> map) || map.isEmpty()) {
      throw new InvalidDefinition("States must be an object with at least one state");
    }
    Map<String, State> states = new LinkedHashMap<>();
    map.forEach(
        (key, state) -> {
          String name = String.valueOf(key);
          if (name.length() > Quotas.MAX_NAME) {
            throw new InvalidDefinition(
                String.format(
                    Locale.ROOT,
                    "state %s: the name is longer than %d characters",
                    name,
                    Quotas.MAX_NAME));
          }
          if (!names.add(name)) {
            throw new InvalidDefinition("state " + name + ": the name is used twice");
          }
          states.put(name, state(name, new DefinitionFields(state, "state " + name), names));
        });
    return states;
  }

  private static State state(String name, DefinitionFields fields, Set<String> names) {
    String type = fields.string("Type").orElseThrow(() -> fields.missing("Type"));
    fields.take("Comment");
    State state =
        switch (type) {
          case "Task" -> task(name, fields);
          case "Map" -> map(name, fields, names);
          case "Choice" -> choice(name, fields);
          case "Wait" ->
              new State.Wait(
                  name,
                  fields.seconds("Seconds", 0).orElseThrow(() -> fields.missing("Seconds")),
                  exit(fields));
          case "Succeed" -> new State.Succeed(name);
          case "Fail" -> new State.Fail(name, fields.template("Error"), fields.template("Cause"));
          default -> throw fields.invalid("the Type " + type + " is not supported");
        };
    fields.rejectRest();
    return state;
  }

  // ---- tasks

  private static State task(String name, DefinitionFields fields) {
    String resource = fields.string("Resource").orElseThrow(() -> fields.missing("Resource"));
    State.Integration integration = integration(resource, fields);
    JsonTemplate arguments =
        fields.template("Arguments").orElseThrow(() -> fields.missing("Arguments"));
    if (arguments instanceof JsonTemplate.ObjectOf(Map<String, JsonTemplate> given)) {
      DefinitionFields known = new DefinitionFields(given, fields.where() + ".Arguments");
      switch (integration) {
        case INVOKE -> {
          known.require("FunctionName");
          known.take("Payload");
        }
        case START_EXECUTION -> {
          known.require("StateMachineArn");
          known.require("Name"); // without one, a repeated call would start another execution
          known.take("Input");
        }
      }
      known.rejectRest();
    }
    JsonTemplate timeout =
        fields
            .seconds("TimeoutSeconds", 1)
            .orElse(JsonTemplate.read(Quotas.MAX_SECONDS, fields.where()));
    List<Retrier> retriers = retriers(fields);
    List<State.Catcher> catchers = catchers(fields);
    return new State.Task(name, integration, arguments, timeout, retriers, catchers, exit(fields));
  }

  private static State.Integration integration(String resource, DefinitionFields fields) {
    if (INVOKE.matcher(resource).matches()) {
      return State.Integration.INVOKE;
    }
    if (START_EXECUTION.matcher(resource).matches()) {
      return State.Integration.START_EXECUTION;
    }
    throw fields.invalid("the Resource " + resource + " is not supported");
  }

  private static List<Retrier> retriers(DefinitionFields fields) {
    List<Retrier> retriers = new ArrayList<>();
    for (Object retrier : fields.list("Retry")) {
      String where = fields.where() + ".Retry[" + retriers.size() + "]";
      retriers.add(retrier(new DefinitionFields(retrier, where)));
    }
    checkAllIsLast(fields, "Retry", retriers.stream().map(Retrier::errors).toList());
    return List.copyOf(retriers);
  }

  private static List<State.Catcher> catchers(DefinitionFields fields) {
    List<State.Catcher> catchers = new ArrayList<>();
    for (Object catcher : fields.list("Catch")) {
      String where = fields.where() + ".Catch[" + catchers.size() + "]";
      catchers.add(catcher(new DefinitionFields(catcher, where)));
    }
    checkAllIsLast(fields, "Catch", catchers.stream().map(State.Catcher::errors).toList());
    return List.copyOf(catchers);
  }

  // ---- maps

  private static State map(String name, DefinitionFields fields, Set<String> names) {
    JsonTemplate items = fields.template("Items").orElseThrow(() -> fields.missing("Items"));
    JsonTemplate concurrency =
        fields.wholeNumber("MaxConcurrency").orElse(JsonTemplate.read(0, fields.where()));
    Optional<JsonTemplate> selector = fields.template("ItemSelector");
    DefinitionFields processor =
        new DefinitionFields(fields.require("ItemProcessor"), fields.where() + ".ItemProcessor");
    DefinitionFields config =
        new DefinitionFields(
            processor.require("ProcessorConfig"), processor.where() + ".ProcessorConfig");
    if (!config.require("Mode").equals("INLINE")) {
      throw config.invalid("only the Mode INLINE is supported");
    }
    config.rejectRest();
    Flow iterator = flow(processor, names);
    processor.rejectRest();
    return new State.MapState(
        name,
        items,
        concurrency,
        selector,
        iterator,
        retriers(fields),
        catchers(fields),
        exit(fields));
  }

  private static Retrier retrier(DefinitionFields fields) {
    String jitter = fields.string("JitterStrategy").orElse("NONE");
    if (!jitter.equals("NONE") && !jitter.equals("FULL")) {
      throw fields.invalid("the JitterStrategy " + jitter + " is not supported");
    }
    Retrier retrier =
        new Retrier(
            errors(fields),
            Duration.ofSeconds(fields.integer("IntervalSeconds", 1, Quotas.MAX_SECONDS).orElse(1)),
            fields.integer("MaxAttempts", 0, Quotas.MAX_ATTEMPTS).orElse(3),
            fields.number("BackoffRate", 1).orElse(2.0),
            Duration.ofSeconds(
                fields
                    .integer("MaxDelaySeconds", 1, MAX_RETRY_DELAY_SECONDS)
                    .orElse(Quotas.MAX_SECONDS)),
            jitter.equals("FULL"));
    fields.rejectRest();
    return retrier;
  }

  private static State.Catcher catcher(DefinitionFields fields) {
    List<String> errors = errors(fields);
    Transition exit = new Transition(fields.template("Output"), Optional.of(next(fields)));
    fields.rejectRest();
    return new State.Catcher(errors, exit);
  }

  private static List<String> errors(DefinitionFields fields) {
    List<String> errors = fields.strings("ErrorEquals");
    for (String error : errors) {
      if (error.startsWith("States.") && !PREDEFINED_ERRORS.contains(error)) {
        throw fields.invalid("the error " + error + " is not supported");
      }
    }
    return errors;
  }

  private static void checkAllIsLast(
      DefinitionFields fields, String name, List<List<String>> errors) {
    for (int i = 0; i < errors.size(); i++) {
      if (errors.get(i).contains("States.ALL")
          && (errors.get(i).size() > 1 || i < errors.size() - 1)) {
        throw fields.invalid(name + ": States.ALL must be alone, in the last entry");
      }
    }
  }

  private static Transition exit(DefinitionFields fields) {
    Optional<Object> end = fields.take("End");
    if (end.isPresent() && !end.get().equals(true)) {
      throw fields.invalid("End must be true");
    }
    Optional<String> next = fields.string("Next");
    if (end.isPresent() == next.isPresent()) {
      throw fields.invalid("exactly one of Next and End is required");
    }
    return new Transition(fields.template("Output"), next);
  }

  private static String next(DefinitionFields fields) {
    return fields.string("Next").orElseThrow(() -> fields.missing("Next"));
  }

  // ---- choices

  private static State choice(String name, DefinitionFields fields) {
    List<State.Rule> rules = new ArrayList<>();
    for (Object value : fields.list("Choices")) {
      DefinitionFields rule =
          new DefinitionFields(value, fields.where() + ".Choices[" + rules.size() + "]");
      JsonTemplate condition =
          rule.template("Condition").orElseThrow(() -> rule.missing("Condition"));
      rules.add(new State.Rule(condition, next(rule)));
      rule.rejectRest();
    }
    if (rules.isEmpty()) {
      throw fields.invalid("Choices must have at least one entry");
    }
    return new State.Choice(name, List.copyOf(rules), fields.string("Default"));
  }

  // ---- paths

  /** Checks that every state can be reached and that every next state exists. */
  private static void checkPaths(String startAt, Map<String, State> states) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(startAt));
    while (!open.isEmpty()) {
      String name = open.remove();
      State state = states.get(name);
      if (state == null) {
        throw new InvalidDefinition("there is no state " + name);
      }
      if (reached.add(name)) {
        nextStates(state).forEach(open::add);
      }
    }
    for (String name : states.keySet()) {
      if (!reached.contains(name)) {
        throw new InvalidDefinition("the state " + name + " cannot be reached");
      }
    }
  }

  private static Stream<String> nextStates(State state) {
    return switch (state) {
      case State.Task task -> nextStates(task.exit(), task.catchers());
      case State.MapState map -> nextStates(map.exit(), map.catchers());
      case State.Choice choice ->
          Stream.concat(
              choice.rules().stream().map(State.Rule::next), choice.defaultNext().stream());
      case State.Wait wait -> wait.exit().next().stream();
      case State.Succeed _, State.Fail _ -> Stream.empty();
    };
  }

  private static Stream<String> nextStates(Transition exit, List<State.Catcher> catchers) {
    return Stream.concat(Stream.of(exit), catchers.stream().map(State.Catcher::exit))
        .flatMap(transition -> transition.next().stream());
  }
}
