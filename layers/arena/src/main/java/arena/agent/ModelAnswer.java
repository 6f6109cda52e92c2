package arena.agent;

import arena.codec.LenientArray;
import arena.event.RawJson;
import arena.run.Limits;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a model answered for one turn: the actions, and the reasoning. One reader for all APIs.
 *
 * <p>The first JSON array that is empty or holds objects is the list of actions; the rest is
 * reasoning. Thinking never is a source of actions. Nothing that a model writes is an error: what
 * was repaired or left out, and why a turn is empty, stands in brackets at the end of the
 * reasoning.
 *
 * @param actions JSON objects, compact; at most {@link Limits#MAX_ACTIONS}, each of at most {@link
 *     Limits#MAX_ACTION_CHARS} characters
 * @param reasoning at most {@link Limits#MAX_REASONING_CHARS} characters
 */
record ModelAnswer(List<RawJson> actions, String reasoning) {
  /** The remark on an answer that has as many tokens as it may have. */
  static final String CUT_BY_LIMIT = "the answer was cut off: it reached its limit of tokens";

  /** Why a turn is empty if the model refused. */
  static final String REFUSED = "no actions: the model refused to answer";

  /** Why a turn is empty if the answer holds thinking only. */
  static final String ONLY_THOUGHT = "no actions: the model only thought, its answer is empty";

  /** What is tried on a text without an array, in this order. */
  private static final List<Repair> REPAIRS =
      List.of(
          new Repair(
              "quotes of the JSON were escaped",
              text -> text.contains("\\\""),
              text -> text.replace("\\\"", "\"").replace("\\n", "\n")),
          new Repair(
              "quotes of the JSON were HTML entities",
              text -> ModelAnswer.ENTITY.matcher(text).find(),
              ModelAnswer::withoutEntities),
          new Repair(
              "characters of the JSON were written as escapes",
              text -> ModelAnswer.ESCAPE.matcher(text).find(),
              text ->
                  ModelAnswer.ESCAPE
                      .matcher(text)
                      .replaceAll(
                          escape ->
                              Matcher.quoteReplacement(
                                  Character.toString(Integer.parseInt(escape.group("code"), 16))))),
          new Repair(
              "quotes of the JSON did not match",
              text -> ModelAnswer.ODD_QUOTE.matcher(text).find(),
              text -> ModelAnswer.ODD_QUOTE.matcher(text).replaceAll("\"")),
          new Repair(
              "the JSON was quoted line by line",
              text -> ModelAnswer.QUOTED_LINE.matcher(text).find(),
              text -> ModelAnswer.QUOTED_LINE.matcher(text).replaceAll("")),
          new Repair(
              "commas of the JSON were missing",
              text -> ModelAnswer.NO_COMMA.matcher(text).find(),
              text -> ModelAnswer.NO_COMMA.matcher(text).replaceAll("$1,")));

  /**
   * A repair of a text that may then hold an array.
   *
   * @param note what is noted about it
   * @param applies whether it is worth a try
   */
  private record Repair(String note, Predicate<String> applies, UnaryOperator<String> repair) {}

  /** Most times that a text is decoded. */
  private static final int MAX_DECODED = 3;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  private static final Pattern ENTITY = Pattern.compile("&(?:quot|apos|#34|#39|#x22|#x27);");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u00|x)(?<code>[2-7][0-9a-fA-F])");
  private static final Pattern ODD_QUOTE = Pattern.compile("[“”„‟″＂]|``|''");
  private static final Pattern QUOTED_LINE = Pattern.compile("(?m)^ {0,3}(?:> ?)+");
  private static final Pattern NO_COMMA =
      Pattern.compile("([\"0-9}\\]el])\\s{1,40}(?=\"[A-Za-z_]{1,40}\"\\s{0,10}:)");
  private static final Pattern FENCE_BEFORE = Pattern.compile("```[a-zA-Z0-9]{0,10}\\s{0,10}\\z");
  private static final Pattern FENCE_AFTER = Pattern.compile("\\s{0,10}```");

  /** Copies the list. */
  ModelAnswer {
    actions = List.copyOf(actions);
  }

  /** Collects the parts of one answer, however its API names them. */
  static final class Builder {
    private final StringBuilder thinking = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final List<String> remarks = new ArrayList<>();
    private String cause = "";
    private boolean structured;
    private boolean thoughtUnread;
    private @Nullable String call;
    private int moreCalls;

    /** Adds thinking that the API keeps apart from the text. */
    Builder thinking(String part) {
      if (!part.isBlank()) {
        thinking.append(thinking.isEmpty() ? "" : "\n").append(part.strip());
      }
      return this;
    }

    /** Notes that the model thought what its service does not show. */
    Builder thoughtUnread() {
      thoughtUnread = true;
      return this;
    }

    /** Adds text, which may hold thinking in markup. */
    Builder text(String part) {
      text.append(part);
      return this;
    }

    /** Reads the text as an object with reasoning and actions, if it is one. */
    Builder structured() {
      structured = true;
      return this;
    }

    /** Adds the arguments of a call of the tool that the model was offered: its answer. */
    Builder called(String arguments) {
      if (call == null) {
        call = arguments;
      } else {
        moreCalls++;
      }
      return this;
    }

    /** Adds a fact about the answer, such as that the service cut it off; empty adds nothing. */
    Builder remark(String remark) {
      if (!remark.isEmpty()) {
        remarks.add(remark);
      }
      return this;
    }

    /** Adds the model's refusal. */
    Builder refused(String words) {
      return thinking(words).causeIfEmpty(REFUSED);
    }

    /** Notes that the model called a tool instead of answering. */
    Builder calledTool(String name) {
      return causeIfEmpty(
          "no actions: the model called the tool %s, which it was not offered".formatted(name));
    }

    /** Sets why the turn is empty if it is; the first cause that is not empty counts. */
    Builder causeIfEmpty(String why) {
      if (cause.isEmpty()) {
        cause = why;
      }
      return this;
    }

    /** Reads the answer. Never fails. */
    ModelAnswer read() {
      List<String> notes = new ArrayList<>(remarks);
      if (moreCalls > 0) {
        notes.add("left out, more than one call of the tool: " + moreCalls);
      }
      Source source = source(readable(call == null ? text.toString() : call, notes));
      String thought = source.thought();
      String answer = source.answer();
      Optional<LenientArray> found = LenientArray.find(answer, Limits.MAX_ACTION_DEPTH);
      for (Repair repair : REPAIRS) {
        if (found.isEmpty() && repair.applies().test(answer)) {
          String repaired = repair.repair().apply(answer);
          found = LenientArray.find(repaired, Limits.MAX_ACTION_DEPTH);
          if (found.isPresent()) {
            answer = repaired;
            notes.add(repair.note());
          }
        }
      }
      List<RawJson> actions = new ArrayList<>();
      String prose = answer;
      if (found.isPresent()) {
        LenientArray array = found.get();
        keep(array, actions, notes);
        prose =
            joinedWithoutFence(answer.substring(0, array.start()), answer.substring(array.end()));
      } else {
        notes.add(whyEmpty(thought, answer));
      }
      return new ModelAnswer(
          actions, reasoning(joined(thought, joined(prose, source.prose())), notes));
    }

    private static String readable(String text, List<String> notes) {
      if (text.length() <= Limits.MAX_ANSWER_CHARS) {
        return text;
      }
      notes.add("only the first " + Limits.MAX_ANSWER_CHARS + " characters are read");
      return text.substring(0, Limits.MAX_ANSWER_CHARS);
    }

    /**
     * Where the actions are looked for, and what stands elsewhere.
     *
     * @param thought not a source of actions
     * @param answer is searched for actions
     * @param prose not a source of actions either
     */
    private record Source(String thought, String answer, String prose) {}

    private Source source(String searched) {
      if (call != null) {
        // The call is the answer, so what the model wrote next to it is not.
        String thought = joined(thinking.toString(), readable(text.toString(), new ArrayList<>()));
        String arguments = decoded(searched);
        return AnswerFields.find(arguments)
            .map(fields -> source(thought, fields))
            .orElseGet(() -> new Source(thought, arguments, ""));
      }
      // Markup of thinking in a string of the object does not end the object.
      if (structured && searched.stripLeading().startsWith("{")) {
        Optional<AnswerFields> fields = AnswerFields.find(searched);
        if (fields.isPresent()) {
          return source(thinking.toString(), fields.get());
        }
      }
      ThinkingMarkup parts = ThinkingMarkup.split(searched);
      String thought = joined(thinking.toString(), parts.thinking());
      String answer = decoded(parts.answer());
      return Optional.of(answer)
          .filter(_ -> structured)
          .flatMap(AnswerFields::find)
          .filter(fields -> LenientArray.find(fields.before(), Limits.MAX_ACTION_DEPTH).isEmpty())
          .map(fields -> source(thought, fields))
          .orElseGet(() -> new Source(thought, answer, ""));
    }

    private static Source source(String thought, AnswerFields fields) {
      return new Source(
          joined(thought, fields.others()),
          decoded(fields.actions()),
          joinedWithoutFence(fields.before(), fields.after()));
    }

    private String whyEmpty(String thought, String answer) {
      if (!cause.isEmpty()) {
        return cause;
      }
      if (!answer.isBlank()) {
        return "no actions: the answer holds no JSON array of actions";
      }
      return thought.isBlank() && !thoughtUnread ? "no actions: the answer is empty" : ONLY_THOUGHT;
    }
  }

  /** The decision that the answer gives, which cost and used this much. */
  Decision decision(double costUsd, Tokens tokens) {
    return new Decision(actions, reasoning, costUsd, Optional.of(tokens.usage()));
  }

  /** The text of a JSON string, also of one that was cut off; any other text as it is. */
  static String unquoted(String json) {
    String decoded = decoded(json);
    return !decoded.equals(json) || !json.startsWith("\"")
        ? decoded
        : decoded(json + "\"").equals(json + "\"") ? json : decoded(json + "\"");
  }

  private static String withoutEntities(String text) {
    return text.replaceAll("&(?:quot|#34|#x22);", "\"")
        .replaceAll("&(?:apos|#39|#x27);", "'")
        .replace("&amp;", "&");
  }

  /**
   * A text that is one JSON string as a whole, decoded as often as it is one; any other as it is.
   */
  private static String decoded(String answer) {
    String text = answer;
    for (int times = 0; times < MAX_DECODED && isQuoted(text.strip()); times++) {
      try {
        text = JSON.readValue(text.strip(), String.class);
      } catch (JsonProcessingException _) {
        break;
      }
    }
    return text;
  }

  private static boolean isQuoted(String text) {
    return text.length() > 2 && text.startsWith("\"") && text.endsWith("\"");
  }

  private static void keep(LenientArray array, List<RawJson> actions, List<String> notes) {
    int tooLong = 0;
    int tooMany = 0;
    for (RawJson action : array.objects()) {
      if (action.text().length() > Limits.MAX_ACTION_CHARS) {
        tooLong++;
      } else if (actions.size() == Limits.MAX_ACTIONS) {
        tooMany++;
      } else {
        actions.add(action);
      }
    }
    if (array.cutOff()) {
      notes.add(
          array.objects().isEmpty()
              ? "no actions: the list was cut off within its first action"
              : "the list of actions was cut off; the whole actions before the cut are kept");
    }
    if (array.damaged()) {
      notes.add("the list of actions was damaged; the whole actions before the damage are kept");
    }
    if (array.repaired()) {
      notes.add("the list of actions was not valid JSON and was repaired");
    }
    leftOut(notes, array.others(), "not objects");
    leftOut(notes, array.tooDeep(), "nested deeper than " + Limits.MAX_ACTION_DEPTH);
    leftOut(notes, tooLong, "longer than " + Limits.MAX_ACTION_CHARS + " characters");
    leftOut(notes, tooMany, "more than " + Limits.MAX_ACTIONS + " actions");
    if (array.objects().isEmpty() && array.tooDeep() == 0 && !array.cutOff()) {
      notes.add("no actions: the model answered an empty list");
    }
  }

  private static void leftOut(List<String> notes, int count, String why) {
    if (count > 0) {
      notes.add("left out, " + why + ": " + count);
    }
  }

  /** The notes stay whole, the model's words are cut. */
  private static String reasoning(String words, List<String> notes) {
    if (notes.isEmpty()) {
      return Limits.cut(words, Limits.MAX_REASONING_CHARS);
    }
    String last = "[" + Limits.cut(String.join("; ", notes), 2_000) + "]";
    int left = Limits.MAX_REASONING_CHARS - last.codePointCount(0, last.length()) - 1;
    return joined(Limits.cut(words, left), last);
  }

  /** What stood around the array, without the fence that enclosed it alone. */
  private static String joinedWithoutFence(String before, String after) {
    Matcher opens = FENCE_BEFORE.matcher(before);
    if (!opens.find()) {
      return joined(before, after);
    }
    Matcher closes = FENCE_AFTER.matcher(after);
    if (closes.lookingAt()) {
      return joined(before.substring(0, opens.start()), after.substring(closes.end()));
    }
    return after.isBlank() ? before.substring(0, opens.start()).strip() : joined(before, after);
  }

  /** Joins two texts with a line break, without the white space around them. */
  static String joined(String first, String second) {
    String a = first.strip();
    String b = second.strip();
    return a.isEmpty() || b.isEmpty() ? a + b : a + "\n" + b;
  }
}
