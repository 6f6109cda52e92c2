package arena.agent;

import arena.codec.FirstArray;
import arena.event.RawJson;
import arena.run.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model's text asks for: the first JSON array in it is the list of actions, the rest is
 * reasoning. Text without an array is an empty turn. Nothing that a model writes is an error here;
 * what is left out is told in the reasoning, in brackets at its end.
 *
 * @param actions JSON objects, compact; at most {@link Limits#MAX_ACTIONS}, each of at most {@link
 *     Limits#MAX_ACTION_CHARS} characters
 * @param reasoning at most {@link Limits#MAX_REASONING_CHARS} characters
 */
record ActionListParser(List<RawJson> actions, String reasoning) {
  private static final Pattern FENCE_BEFORE = Pattern.compile("```[a-zA-Z]{0,10}\\s{0,10}\\z");
  private static final Pattern FENCE_AFTER = Pattern.compile("\\s{0,10}```");

  /**
   * Reads a model's answer.
   *
   * @param thinking what the model thought before it wrote its text, as far as its service tells;
   *     may be empty
   * @param text what it wrote; may be empty
   * @param remark what the service says of the answer, such as that it was cut; may be empty
   */
  static ActionListParser read(String thinking, String text, String remark) {
    List<String> remarks = new ArrayList<>();
    if (!remark.isEmpty()) {
      remarks.add(remark);
    }
    String searched = text;
    if (text.length() > Limits.MAX_ANSWER_CHARS) {
      searched = text.substring(0, Limits.MAX_ANSWER_CHARS);
      remarks.add("only the first %s characters are read".formatted(Limits.MAX_ANSWER_CHARS));
    }
    Optional<FirstArray> found = FirstArray.in(searched, Limits.MAX_ACTION_DEPTH);
    List<RawJson> actions = new ArrayList<>();
    String beside = searched;
    if (found.isPresent()) {
      FirstArray array = found.get();
      keep(array, actions, remarks);
      beside =
          joinedWithoutFence(searched.substring(0, array.start()), searched.substring(array.end()));
    }
    return new ActionListParser(actions, reasoning(joined(thinking, beside), remarks));
  }

  private static void keep(FirstArray array, List<RawJson> actions, List<String> remarks) {
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
    leftOut(remarks, array.others(), "no objects");
    leftOut(remarks, array.tooDeep(), "nested deeper than %s".formatted(Limits.MAX_ACTION_DEPTH));
    leftOut(remarks, tooLong, "longer than %s characters".formatted(Limits.MAX_ACTION_CHARS));
    leftOut(remarks, tooMany, "more than %s actions".formatted(Limits.MAX_ACTIONS));
  }

  private static void leftOut(List<String> remarks, int count, String why) {
    if (count > 0) {
      remarks.add("left out, %s: %s".formatted(why, count));
    }
  }

  /** The remarks stay whole, the model's words are cut. */
  private static String reasoning(String words, List<String> remarks) {
    if (remarks.isEmpty()) {
      return Limits.cut(words, Limits.MAX_REASONING_CHARS);
    }
    String last = "[" + String.join("; ", remarks) + "]";
    return joined(Limits.cut(words, Limits.MAX_REASONING_CHARS - last.length() - 1), last);
  }

  /** What stood around the array, without the fence that was around it alone. */
  private static String joinedWithoutFence(String before, String after) {
    Matcher opens = FENCE_BEFORE.matcher(before);
    Matcher closes = FENCE_AFTER.matcher(after);
    return opens.find() && closes.lookingAt()
        ? joined(before.substring(0, opens.start()), after.substring(closes.end()))
        : joined(before, after);
  }

  private static String joined(String first, String second) {
    String a = first.strip();
    String b = second.strip();
    return a.isEmpty() || b.isEmpty() ? a + b : a + "\n" + b;
  }
}
