package arena.models;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a model does when it is called. */
@FunctionalInterface
public interface Behaviour {
  /** The reply to this call. */
  Reply reply(ModelCall call);

  /** What a model without a script answers: prose, and one action. */
  String ANSWER = "One more villager.\n[{\"type\":\"queue_villager\"}]";

  /** Always this text, with so many tokens on the bill as it has characters. */
  static Behaviour text(String text) {
    return call -> Reply.text(text);
  }

  /** Always this reply. */
  static Behaviour always(Reply reply) {
    return call -> reply;
  }

  /** This fault, so many times for every prompt, and then the other behaviour. */
  static Behaviour faultFirst(int times, Fault fault, Behaviour then) {
    return call -> call.attempt() <= times ? new Reply.Failed(fault) : then.reply(call);
  }

  /**
   * The behaviour that a model's name asks for, so that a whole stack can be tested by the name in
   * a profile alone:
   *
   * <ul>
   *   <li>{@code throttle}, {@code overload}, {@code refuse}, {@code invalid}, {@code unknown},
   *       {@code internal}, {@code late}, {@code quota}, {@code broken}, {@code not-ready}: that
   *       fault, always; with a number, such as {@code throttle-2}, so often for every prompt, then
   *       an answer
   *   <li>{@code hang}: no answer at all; {@code trickle}: one that never ends; {@code drop}: the
   *       connection breaks; with a number likewise
   *   <li>{@code malformed}: no JSON; {@code truncated}: half an answer; {@code empty}: an answer
   *       without a choice or message; {@code huge}: an answer of many megabytes
   *   <li>{@code prose}: text without an array; {@code fenced}: the actions in a fence
   *   <li>any other name: {@link #ANSWER}
   * </ul>
   */
  static Behaviour named(String model) {
    Matcher counted = Pattern.compile("(.*)-(\\d{1,3})").matcher(model);
    if (counted.matches()) {
      int times = Integer.parseInt(counted.group(2));
      Behaviour first = plain(counted.group(1));
      return call -> call.attempt() <= times ? first.reply(call) : Reply.text(ANSWER);
    }
    return plain(model);
  }

  private static Behaviour plain(String name) {
    return switch (name) {
      case "throttle" -> always(new Reply.Failed(Fault.THROTTLED));
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
      case "prose" -> text("I would rather not say what I do; food is low.");
      case "fenced" -> text("Here it is:\n```json\n[{\"type\":\"queue_villager\"}]\n```\nDone.");
      default -> text(ANSWER);
    };
  }
}
