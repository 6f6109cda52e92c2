package arena.models;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Determines the reply to a call of a model. */
@FunctionalInterface
public interface Behaviour {
  /** Returns the reply to a call. */
  Reply reply(ModelCall call);

  /** The text of a model without a script: prose and one action. */
  String ANSWER = "One more villager.\n[{\"type\":\"queue_villager\"}]";

  /** Always replies with a text, and reports one token for each of its characters. */
  static Behaviour text(String text) {
    return call -> Reply.text(text);
  }

  /** Always replies with this reply. */
  static Behaviour always(Reply reply) {
    return call -> reply;
  }

  /** Fails the first calls for each prompt, then has another behaviour. */
  static Behaviour faultFirst(int times, Fault fault, Behaviour then) {
    return call -> call.attempt() <= times ? new Reply.Failed(fault) : then.reply(call);
  }

  /**
   * Returns the behaviour that a model's name selects, so that a stack can be tested by the name in
   * a profile:
   *
   * <ul>
   *   <li>{@code throttle}, {@code overload}, {@code refuse}, {@code invalid}, {@code unknown},
   *       {@code internal}, {@code late}, {@code quota}, {@code broken}, {@code not-ready}: always
   *       that fault; with a number, such as {@code throttle-2}, for that many calls of each
   *       prompt, then {@link #ANSWER}
   *   <li>{@code wait}: throttled with {@code Retry-After: 12}; a number has the same meaning
   *   <li>{@code hang}: no response; {@code trickle}: a response without end; {@code drop}: the
   *       connection is closed; a number has the same meaning
   *   <li>{@code malformed}: invalid JSON; {@code truncated}: half a response; {@code empty}: a
   *       response without a choice or message; {@code huge}: a response of 20 MB
   *   <li>{@code busy}: 50 actions that change nothing
   *   <li>{@code prose}: text without an array; {@code fenced}: the actions in a code fence
   *   <li>any other name: {@link #ANSWER}
   * </ul>
   */
  static Behaviour named(String model) {
    Matcher counted = Pattern.compile("(.*)-(\\d{1,3})").matcher(model);
    if (counted.matches()) {
      int times = Integer.parseInt(counted.group(2));
      Behaviour first = byName(counted.group(1));
      return call -> call.attempt() <= times ? first.reply(call) : Reply.text(ANSWER);
    }
    return byName(model);
  }

  private static Behaviour byName(String name) {
    return switch (name) {
      case "throttle" -> always(new Reply.Failed(Fault.THROTTLED));
      case "wait" -> always(new Reply.AskToWait(12));
      case "overload" -> always(new Reply.Failed(Fault.OVERLOADED));
      case "refuse" -> always(new Reply.Failed(Fault.REFUSED));
      case "invalid" -> always(new Reply.Failed(Fault.INVALID));
      case "unknown" -> always(new Reply.Failed(Fault.UNKNOWN_MODEL));
      case "internal" -> always(new Reply.Failed(Fault.INTERNAL));
      case "late" -> always(new Reply.Failed(Fault.TIMED_OUT));
      case "quota" -> always(new Reply.Failed(Fault.QUOTA));
      case "broken" -> always(new Reply.Failed(Fault.MODEL_ERROR));
      case "not-ready" -> always(new Reply.Failed(Fault.NOT_READY));
      case "hang" -> always(new Reply.Hang());
      case "trickle" -> always(new Reply.Trickle());
      case "drop" -> always(new Reply.Drop());
      case "malformed" -> always(new Reply.Raw(200, "application/json", "{\"choices\": [oops"));
      case "truncated" -> always(new Reply.Truncated());
      case "empty" -> always(new Reply.Empty());
      case "huge" -> always(new Reply.Huge(20 * 1024 * 1024));
      case "busy" -> text("[" + "{\"type\":\"wait\"},".repeat(49) + "{\"type\":\"wait\"}]");
      case "prose" -> text("I would rather not say what I do; food is low.");
      case "fenced" -> text("Here it is:\n```json\n[{\"type\":\"queue_villager\"}]\n```\nDone.");
      default -> text(ANSWER);
    };
  }
}
