package arena.agent;

import arena.run.AnswerFormat;
import arena.run.Limits;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The request fields that a model accepts: models differ in whether they take a temperature, a
 * system prompt, in how the limit of the answer's tokens is named and how high it may be, in
 * whether they answer at once, call tools or follow a schema, and cache prompts.
 *
 * @param temperature whether a temperature is sent
 * @param system whether the system prompt is a separate message; otherwise it opens the user's
 * @param limitName how the token limit is named
 * @param maxTokens the token limit
 * @param stream whether the answer is asked for as a stream
 * @param asked the answer's form that the profile asks for
 * @param takesFormat whether the model takes that form; otherwise text is asked for
 * @param cache whether the end of the part that a cache may keep is marked
 */
record RequestFields(
    boolean temperature,
    boolean system,
    LimitName limitName,
    int maxTokens,
    boolean stream,
    AnswerFormat asked,
    boolean takesFormat,
    boolean cache) {
  /**
   * Returns what is sent until a model refuses it.
   *
   * @param cache whether the API has a mark for caches, and the model may take it
   */
  static RequestFields all(AnswerFormat asked, boolean cache) {
    return new RequestFields(
        true, true, LimitName.MAX_TOKENS, Limits.MAX_ANSWER_TOKENS, false, asked, true, cache);
  }

  /**
   * Most calls for one decision: the first, and one more for each step that a refusal can cause. A
   * refused call costs nothing.
   */
  static final int MAX_CALLS = 8;

  /** Longest part of a refusal that is searched, in characters. */
  private static final int MAX_SEARCHED = 8_000;

  /** The name of the token limit's field. */
  enum LimitName {
    MAX_TOKENS,
    MAX_COMPLETION_TOKENS,
    NONE
  }

  /** A field that a refusal can be about. */
  private enum Field {
    TEMPERATURE("\\btemperature\\b"),
    SYSTEM(
        "system[ _-]?(?:role|messages?|prompts?|instructions?|field)|developer[ _-]?(?:role|messages?|instructions?)"
            + "|role[^a-z]{0,12}(?:system|developer)\\b|(?:messages|input)[\\[.]0\\]?\\.?role"
            + "|messages[\\[.]0\\]?[^.a-z]{1,10}discriminator[^.]{0,40}role"
            + "|messages\\W{1,5}0\\W{1,5}role\\b|first message[^.]{0,40}\\buser\\b|system 角色"
            + "|['\"`](?:system|developer)['\"`]|key \\[system\\]|#/system\\b|roles must alternate"
            + "|only user,? (?:and )?(?:assistant|model)"),
    LIMIT(
        "max_?(?:completion_?|output_?|new_?)?tokens|max(?:imum)?(?: number of)?(?: completion| output| new)? tokens"
            + "|in the completion|requested [0-9]{1,9} (?:output )?tokens"),
    FORMAT(
        "\\btools?\\b|tool_?choice|tool_?config|function[ _-]?call(?:s|ing)\\b|response_?format"
            + "|json_?schema|output_?(?:config|format)|structured[ _-]?outputs?"),
    CACHE("cache_?(?:control|point)|prompt cach"),
    STREAM(
        "(?:only|requires?|enable|set|must (?:be|use))[^.]{0,40}\\bstream(?:ing)?\\b"
            + "|\\bnon-stream(?:ing)?\\b|['\"`]stream['\"`]");

    private final Pattern pattern;

    Field(String pattern) {
      this.pattern = Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
    }

    /** Whether its pattern is a name of the request, and not also words of a prompt or a log. */
    private boolean isNamedExactly() {
      return this == TEMPERATURE || this == LIMIT;
    }
  }

  /** How services say that they do not take a field or its value. */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "unsupported|not (?:be )?(?:support|allow|permit|accept|availab|enabl|implement|valid|recogni|compatib)"
              + "|n['o]?t support|deprecated|unrecogni|unknown|unexpected|invalid|incompatib|forbidden"
              + "|extra (?:inputs?|fields?|parameters?)|extra_forbidden|only the default|(?:may|can|must) only"
              + "|must be|should be|must alternate|only supports?|requires?|must (?:set|use|enable)|roles are supported|malformed|not configur|not adjust|not applicable"
              + "|not (?:less|greater|lower)|reduce|不支持|无效|不合法"
              + "|is fixed|can(?:no|['’])t be|remove |too (?:large|high|big)|exceed|at most|less than"
              + "|lower than|greater than|larger than|up to|out of range|outside|(?:supported|valid|allowed) range"
              + "|maximum allowed|cannot both|must have|discriminator|no endpoints",
          Pattern.CASE_INSENSITIVE);

  /** A limit that a service names. Only a number that follows such words is one. */
  private static final Pattern NAMED_LIMIT =
      Pattern.compile(
          "(?<below>(?:lower|less|smaller) than(?! or equal)|<(?!=))[\\s`'\"]{0,3}(?<bound>[0-9]{1,7})"
              + "|to (?<end>[0-9]{1,7}) \\(exclusive\\)"
              + "|(?:at most|limit of|limit is|less (?:than )?or equal to|<=|≤|up to|maximum(?: value)?(?: of| is|:)"
              + "|between [0-9]{1,4} and|\\[[0-9]{1,4}, ?"
              + "|(?:[0-9]{1,7}|tokens) > )[\\s`'\"]{0,3}(?<limit>[0-9]{1,7})",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern CONTEXT =
      Pattern.compile(
          "context (?:length|window|size)|prompt is too long", Pattern.CASE_INSENSITIVE);

  /**
   * Returns what to send instead, if the refusal is about one of the fields. A refusal may be
   * wrapped by any number of gateways: it is searched as text.
   *
   * @param rejected whether the status shows that the request is at fault; then a field that has no
   *     other meaning need only be named
   * @param parameter the field that the service names; may be empty
   * @param refusal the service's whole error
   */
  Optional<RequestFields> without(boolean rejected, String parameter, String refusal) {
    String text = refusal.substring(0, Math.min(refusal.length(), MAX_SEARCHED));
    boolean inWords = REFUSAL.matcher(text).find();
    boolean slip = ErrorWords.isSlip(text); // another try of the same request may succeed
    for (String searched : List.of(parameter, text)) {
      List<Field> candidates =
          fieldsIn(searched).stream()
              .filter(field -> inWords || (rejected && field.isNamedExactly()))
              .filter(field -> !slip || field != Field.FORMAT)
              .toList();
      if (!candidates.isEmpty()) {
        return Optional.of(without(candidates.getFirst(), text));
      }
    }
    return Optional.empty();
  }

  /** The fields named that are still sent, first mentioned first. */
  private List<Field> fieldsIn(String text) {
    record Mention(Field field, int at) {}
    List<Mention> mentions = new ArrayList<>();
    for (Field field : Field.values()) {
      Matcher found = field.pattern.matcher(text);
      if (isSent(field) && found.find()) {
        mentions.add(new Mention(field, found.start()));
      }
    }
    mentions.sort(Comparator.comparingInt(Mention::at));
    return mentions.stream().map(Mention::field).toList();
  }

  private boolean isSent(Field field) {
    return switch (field) {
      case TEMPERATURE -> temperature;
      case SYSTEM -> system;
      case LIMIT -> limitName != LimitName.NONE;
      case FORMAT -> format() != AnswerFormat.TEXT;
      case CACHE -> cache;
      case STREAM -> !stream;
    };
  }

  private RequestFields without(Field field, String refusal) {
    return switch (field) {
      case TEMPERATURE ->
          new RequestFields(false, system, limitName, maxTokens, stream, asked, takesFormat, cache);
      case SYSTEM ->
          new RequestFields(
              temperature, false, limitName, maxTokens, stream, asked, takesFormat, cache);
      case LIMIT -> withOtherLimit(refusal);
      case FORMAT ->
          new RequestFields(temperature, system, limitName, maxTokens, stream, asked, false, cache);
      case CACHE ->
          new RequestFields(
              temperature, system, limitName, maxTokens, stream, asked, takesFormat, false);
      case STREAM ->
          new RequestFields(
              temperature, system, limitName, maxTokens, true, asked, takesFormat, cache);
    };
  }

  private RequestFields withOtherLimit(String refusal) {
    int named = CONTEXT.matcher(refusal).find() ? 0 : namedLimit(refusal);
    if (named > 0 && named < maxTokens) {
      return withLimit(limitName, named);
    }
    boolean otherName =
        limitName == LimitName.MAX_TOKENS
            && refusal.toLowerCase(Locale.ROOT).contains("max_completion_tokens");
    boolean unsupported =
        limitName == LimitName.MAX_TOKENS
            && refusal.toLowerCase(Locale.ROOT).contains("unsupported");
    LimitName next = otherName || unsupported ? LimitName.MAX_COMPLETION_TOKENS : LimitName.NONE;
    return withLimit(next, maxTokens);
  }

  private RequestFields withLimit(LimitName name, int tokens) {
    return new RequestFields(temperature, system, name, tokens, stream, asked, takesFormat, cache);
  }

  private static int namedLimit(String refusal) {
    Matcher found = NAMED_LIMIT.matcher(refusal);
    int least = Integer.MAX_VALUE;
    while (found.find()) {
      int limit =
          found.group("limit") != null
              ? Integer.parseInt(found.group("limit"))
              : Integer.parseInt(
                      found.group("bound") != null ? found.group("bound") : found.group("end"))
                  - 1;
      least = limit >= 16 ? Math.min(least, limit) : least;
    }
    return least == Integer.MAX_VALUE ? 0 : least;
  }

  /** The form in which the answer is asked for. */
  AnswerFormat format() {
    return takesFormat ? asked : AnswerFormat.TEXT;
  }

  /** The user's message, which the system prompt opens unless it is a separate message. */
  String user(String systemPrompt, String text) {
    return system ? text : systemPrompt + "\n\n" + text;
  }

  /** Returns a remark on the fields that were left out, for the reasoning; empty if none was. */
  String remark() {
    List<String> left = new ArrayList<>();
    if (!temperature) {
      left.add("no temperature was set: the model does not take one");
    }
    if (!system) {
      left.add("the system prompt opened the user's message: the model takes none");
    }
    if (!takesFormat) {
      left.add(
          asked == AnswerFormat.TOOL
              ? "the answer was asked for as text: the model takes no tool"
              : "the answer was asked for as text: the model takes no JSON schema");
    }
    return String.join("; ", left);
  }
}
