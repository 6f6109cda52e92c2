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
 * The actions and the reasoning parsed from a model's answer. The first JSON array is the list of
 * actions, the remaining text is reasoning; without an array the turn is empty. Parsing never
 * fails: dropped actions are reported in brackets at the end of the reasoning.
 *
 * @param actions compact JSON objects; at most {@link Limits#MAX_ACTIONS}, each of at most {@link
 *     Limits#MAX_ACTION_CHARS} characters
 * @param reasoning at most {@link Limits#MAX_REASONING_CHARS} characters
 */
record ActionListParser(List<RawJson> actions, String reasoning) {
  private static final Pattern FENCE_BEFORE = Pattern.compile("```[a-zA-Z]{0,10}\\s{0,10}\\z");
  private static final Pattern FENCE_AFTER = Pattern.compile("\\s{0,10}```");

  /**
   * Parses a model's answer.
   *
   * @param thinking the model's reasoning content, if the service returns it separately; may be
   *     empty
   * @param text the answer's text; may be empty
   * @param remark a note on the answer, such as that it was truncated; may be empty
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
    String rest = searched;
    if (found.isPresent()) {
      FirstArray array = found.get();
      addActions(array, actions, remarks);
      rest =
          joinWithoutFence(searched.substring(0, array.start()), searched.substring(array.end()));
    }
    return new ActionListParser(actions, reasoning(join(thinking, rest), remarks));
  }

  private static void addActions(FirstArray array, List<RawJson> actions, List<String> remarks) {
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
    remarkDropped(remarks, array.others(), "no objects");
    remarkDropped(
        remarks, array.tooDeep(), "nested deeper than %s".formatted(Limits.MAX_ACTION_DEPTH));
    remarkDropped(remarks, tooLong, "longer than %s characters".formatted(Limits.MAX_ACTION_CHARS));
    remarkDropped(remarks, tooMany, "more than %s actions".formatted(Limits.MAX_ACTIONS));
  }

  private static void remarkDropped(List<String> remarks, int count, String why) {
    if (count > 0) {
      remarks.add("left out, %s: %s".formatted(why, count));
    }
  }

  /** Cuts the model's words, never the remarks. */
  private static String reasoning(String words, List<String> remarks) {
    if (remarks.isEmpty()) {
      return Limits.cut(words, Limits.MAX_REASONING_CHARS);
    }
    String last = "[" + String.join("; ", remarks) + "]";
    return join(Limits.cut(words, Limits.MAX_REASONING_CHARS - last.length() - 1), last);
  }

  /** Joins the text around the array, without the code fence that enclosed only the array. */
  private static String joinWithoutFence(String before, String after) {
    Matcher opens = FENCE_BEFORE.matcher(before);
    Matcher closes = FENCE_AFTER.matcher(after);
    return opens.find() && closes.lookingAt()
        ? join(before.substring(0, opens.start()), after.substring(closes.end()))
        : join(before, after);
  }

  private static String join(String first, String second) {
    String a = first.strip();
    String b = second.strip();
    return a.isEmpty() || b.isEmpty() ? a + b : a + "\n" + b;
  }
}
