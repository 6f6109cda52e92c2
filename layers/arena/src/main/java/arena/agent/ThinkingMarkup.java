package arena.agent;

import arena.codec.LenientArray;
import arena.run.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model's text, parted into what the model thought and what it answered. Servers that do not know
 * a model's way of thinking leave its markup in the text, whole or in part.
 *
 * <p>What stands between an opening and a closing mark is thinking. So is everything before a
 * closing mark that has no opening one, and everything after an opening mark that is never closed.
 * A mark inside a string of a JSON array that began outside the thinking is data.
 *
 * @param thinking what the model thought, in its order; may be empty
 * @param answer the rest
 */
record ThinkingMarkup(String thinking, String answer) {
  private static final int FLAGS = Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;

  private static final String NAME =
      "(?:think|thinking|thought|thoughts|thought_process|reasoning|reason|reflection|reflect"
          + "|analysis|rationale|scratchpad|scratch_pad|cot|chain_of_thought|inner_monologue"
          + "|inner_thoughts|internal_monologue|monologue|deliberation|ant_?thinking"
          + "|[a-z]{1,10}:(?:think|thinking|thought)|draft|brainstorm(?:ing)?"
          + "|[a-z_-]{0,30}(?:think|thinking|thoughts?|reasoning|reflection|monologue|rationale)"
          + "(?:[_:-][a-z_-]{1,30})?"
          + "|思考|思考过程|思维链|推理|推理过程)";

  private static final String LESS = "(?:<|&lt;|＜|\\\\u003c)\\s{0,3}";
  private static final String GREATER = "\\s{0,3}(?:>|&gt;|＞|\\\\u003e)";
  private static final String BRACKETED =
      "(?:THINK(?:ING)?|THOUGHTS?|REASON(?:ING)?|REFLECTION|SCRATCHPAD)";

  /** The parts of special tokens, whose bars and blanks some models write as other characters. */
  private static final String BAR = "\\s?[|｜]\\s?";

  private static final String OF = "[_▁ ](?:of[_▁ ])?";
  private static final String TOKEN = "(?:think|thinking|thoughts?|reasoning|reflection)";

  /**
   * Every mark, by the syntax of the models that write it: tags, also escaped; the brackets of
   * Mistral, Kimi, Apriel and llama.cpp; the special tokens of Cohere, OpenThinker, Gemma,
   * MedGemma, Apertus, Solar and s1.
   */
  private static final Pattern MARK =
      Pattern.compile(
          "(?<open>"
              + (LESS + NAME + "(?:\\s[^<>]{0,100})?" + GREATER)
              + ("|\\[(?:(?:START|BEGIN)" + OF + ")?" + BRACKETED + "\\]")
              + "|◁think▷"
              + ("|<" + BAR + "(?:(?:begin|start)" + OF + ")?" + TOKEN)
              + ("(?:[_▁](?:start|begin))?" + BAR + ">")
              + "|<\\|channel>\\s{0,3}(?:thought|thinking|analysis)"
              + "|<unused94>(?:thought)?"
              + "|<\\|inner_prefix\\|>"
              + "|<\\|im_start\\|>\\s{0,3}think\\b"
              + ")|(?<close>"
              + (LESS + "\\\\?/\\s{0,3}" + NAME + GREATER)
              + ("|\\[(?:/|END" + OF + ")" + BRACKETED + "\\]")
              + "|\\[BEGIN FINAL RESPONSE\\]"
              + "|◁/think▷"
              + ("|<" + BAR + "(?:end" + OF + "|/)" + TOKEN + BAR + ">")
              + ("|<" + BAR + "/?" + TOKEN + "[_▁]end" + BAR + ">")
              + "|<channel\\|>"
              + "|<unused95>"
              + "|<\\|inner_suffix\\|>"
              + "|(?:<\\|im_end\\|>\\s{0,3})?<\\|im_start\\|>\\s{0,3}answer\\b"
              + "|(?:<\\|end\\|>\\s{0,3})?(?:<\\|begin\\|>\\s{0,3}assistant\\s{0,3})?<\\|content\\|>"
              + ")",
          FLAGS);

  /** The marks of the harmony format: a header, a channel's name, and the message. */
  private static final Pattern CHANNEL =
      Pattern.compile(
          "(?:<\\|start\\|>\\s{0,3}[a-z_.]{0,40}\\s{0,3})?<\\|channel\\|>(?<name>[^<]{0,200})"
              + "(?:<\\|constrain\\|>[^<]{0,40})?<\\|message\\|>",
          FLAGS);

  private static final Pattern CHANNEL_END =
      Pattern.compile(
          "<\\|(?:end|return|call)\\|>|<\\|start\\|>\\s{0,3}[a-z_.]{0,40}|<\\|channel\\|>[^<]{0,200}",
          FLAGS);

  /** The same where a server has dropped the special tokens and kept their words. */
  private static final Pattern BARE_FINAL =
      Pattern.compile("assistant\\s{0,3}(?:<\\|message\\|>)?final(?:json)?(?=[\\s\\[{`A-Z])");

  private static final Pattern BARE_ANALYSIS =
      Pattern.compile("\\A\\s{0,10}(?:<\\|start\\|>)?(?:assistant)?analysis(?=[A-Z\\s<])");

  /** The sentences that Granite models and Ollama write in the place of marks. */
  private static final Pattern SENTENCES =
      Pattern.compile(
          "\\A\\s{0,10}(?:Here(?: is|'s|’s) my thought process:(?<thinking>.*?)"
              + "(?:Here(?: is|'s|’s) my response:|\\z)"
              + "|Thinking\\.{3}\\s(?<thinking2>.*?)(?:\\.{3}done thinking\\.|\\z))",
          FLAGS | Pattern.DOTALL);

  /** Blocks whose first line names thinking: an HTML element or comment, or a code fence. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "<details\\b(?:[^<>]{0,200}(?:think|thought|reason)[^<>]{0,100}>"
              + "|[^<>]{0,200}>\\s{0,10}<summary>[^<]{0,60}(?:think|thought|reason)[^<]{0,60}</summary>)"
              + "(?<folded>.*?)(?:</details>|\\z)"
              + "|```\\s{0,3}(?:think|thinking|thoughts?|reasoning|scratchpad|analysis)\\b[^\\n]{0,40}\\n"
              + "(?<fenced>.*?)(?:```|\\z)"
              + "|<!--\\s{0,10}(?:think|thinking|thoughts?|reasoning|scratchpad|analysis)\\b"
              + "(?<comment>.*?)(?:-->|\\z)",
          FLAGS | Pattern.DOTALL);

  /** A first line that is a heading of thinking. */
  private static final Pattern HEADING =
      Pattern.compile(
          "\\A[^\\p{L}\\p{N}\\[\\]{}<\"']{0,12}(?:my |chain of )?(?:thinking|thoughts?|thought process|reasoning|analysis"
              + "|rationale|scratchpad)(?: process)?(?:\\.{3}|…)?\\s?(?:[*_]{1,3}|[:：]|\\n)",
          FLAGS);

  /** A line that begins with a heading of the answer. */
  private static final Pattern ANSWER_HEADING =
      Pattern.compile(
          "\\n[^\\p{L}\\p{N}\\[\\]{}<\"'\\n]{0,12}(?:my |the )?(?:final |json |next )?(?:answer|response|actions?|output|decision|result|json)"
              + "(?: list| array| input)?\\s?(?:[*_]{1,3}[:：]?|[:：][*_]{0,3}|(?=\\n))",
          FLAGS);

  /** A line of a quotation, or a blank one. */
  private static final Pattern QUOTED = Pattern.compile(" {0,3}>[^\\n]*|\\s*");

  /** A field of a JSON object whose name says that its value is thinking. */
  private static final Pattern FIELD =
      Pattern.compile("[\"'“]" + NAME + "[\"'”]\\s{0,10}[:：]\\s{0,10}(?=[\\[{\"'])", FLAGS);

  /** Most fields of one text that are taken for thinking. */
  private static final int MAX_FIELDS = 20;

  /** Most arrays that are looked for around marks. */
  private static final int MAX_ARRAYS = 20;

  /** Most marks of one text that are looked at; the text after them counts as thinking. */
  static final int MAX_MARKS = 2_000;

  /** Parts a text. Never fails. */
  static ThinkingMarkup split(String text) {
    ThinkingMarkup channels = splitChannels(text);
    ThinkingMarkup sentences = splitSentences(channels.answer);
    ThinkingMarkup headed = splitHeadings(sentences.answer);
    ThinkingMarkup blocks = splitBlocks(headed.answer);
    ThinkingMarkup marks = splitMarks(blocks.answer);
    ThinkingMarkup rest = splitFields(marks.answer);
    return new ThinkingMarkup(
        joined(
            List.of(
                channels.thinking,
                sentences.thinking,
                headed.thinking,
                blocks.thinking,
                marks.thinking,
                rest.thinking)),
        rest.answer);
  }

  private static ThinkingMarkup splitBlocks(String text) {
    Matcher block = BLOCK.matcher(text);
    List<String> thinking = new ArrayList<>();
    StringBuilder answer = new StringBuilder();
    int at = 0;
    for (int blocks = 0; blocks < MAX_MARKS && block.find(); blocks++) {
      answer.append(text, at, block.start());
      thinking.add(
          Stream.of("folded", "fenced", "comment")
              .map(block::group)
              .filter(Objects::nonNull)
              .collect(Collectors.joining()));
      at = block.end();
    }
    return new ThinkingMarkup(joined(thinking), answer.append(text, at, text.length()).toString());
  }

  /**
   * Parts a text that begins with a heading of thinking: what that heading quotes is thinking, or
   * else everything before the first heading of an answer that has an array.
   */
  private static ThinkingMarkup splitHeadings(String text) {
    Matcher heading = HEADING.matcher(text);
    if (!heading.find()) {
      return new ThinkingMarkup("", text);
    }
    int first = text.indexOf('\n', heading.end() - 1);
    int end = first < 0 ? text.length() : first + 1;
    boolean quoted = false;
    while (end < text.length()) {
      int next = text.indexOf('\n', end);
      String line = text.substring(end, next < 0 ? text.length() : next);
      if (!QUOTED.matcher(line).matches()) {
        break;
      }
      quoted |= !line.isBlank();
      end = next < 0 ? text.length() : next + 1;
    }
    if (quoted && end < text.length()) {
      return new ThinkingMarkup(text.substring(0, end), text.substring(end));
    }
    Matcher answer = ANSWER_HEADING.matcher(text);
    if (answer.find(heading.end() - 1)
        && LenientArray.find(text.substring(answer.end()), Limits.MAX_ACTION_DEPTH).isPresent()) {
      return new ThinkingMarkup(text.substring(0, answer.start()), text.substring(answer.end()));
    }
    return new ThinkingMarkup("", text);
  }

  /** Takes the values of fields that name thinking, as long as no array is before them. */
  private static ThinkingMarkup splitFields(String text) {
    String answer = text;
    List<String> thinking = new ArrayList<>();
    for (int fields = 0; fields < MAX_FIELDS; fields++) {
      Matcher field = FIELD.matcher(answer);
      int bracket = answer.indexOf('[');
      if (!field.find() || bracket < field.end()) {
        break;
      }
      int end = LenientArray.endOfValue(answer, field.end());
      if (end < 0) {
        break;
      }
      thinking.add(answer.substring(field.start(), end));
      answer = answer.substring(0, field.end()) + "null" + answer.substring(end);
    }
    return new ThinkingMarkup(joined(thinking), answer);
  }

  /** The text's final channel is the answer, every other one is thinking. */
  private static ThinkingMarkup splitChannels(String text) {
    Matcher bare = BARE_ANALYSIS.matcher(text);
    if (bare.find()) {
      int last = -1;
      Matcher end = BARE_FINAL.matcher(text);
      for (int at = bare.end(); end.find(at) && last < text.length(); at = end.end()) {
        last = end.end();
      }
      if (last >= 0) {
        return new ThinkingMarkup(text.substring(bare.end(), last), text.substring(last));
      }
      if (!text.contains("<|")) {
        return new ThinkingMarkup(text.substring(bare.end()), "");
      }
    }
    Matcher header = CHANNEL.matcher(text);
    if (!header.find()) {
      return cutHeader(text);
    }
    StringBuilder thinking = new StringBuilder();
    StringBuilder answer = new StringBuilder();
    // what stands before the first header is the end of a thought whose own header was dropped
    thinking.append(text, 0, header.start());
    int at = header.start();
    for (int marks = 0; marks < MAX_MARKS && header.find(at); marks++) {
      String name = header.group("name").strip().toLowerCase(Locale.ROOT);
      Matcher end = CHANNEL_END.matcher(text);
      int stop = end.find(header.end()) ? end.start() : text.length();
      boolean isAnswer = name.startsWith("final");
      StringBuilder into = isAnswer ? answer : thinking;
      into.append(into.isEmpty() ? "" : "\n").append(text, header.end(), stop);
      at = stop;
    }
    return new ThinkingMarkup(thinking.toString(), answer.toString());
  }

  /** A text that was cut off within the header of a channel, or has only its end. */
  private static ThinkingMarkup cutHeader(String text) {
    int message = text.lastIndexOf("<|message|>");
    if (message >= 0) {
      String before = text.substring(0, message).stripTrailing().toLowerCase(Locale.ROOT);
      String after = text.substring(message + "<|message|>".length());
      return before.endsWith("final")
          ? new ThinkingMarkup(text.substring(0, message), after)
          : new ThinkingMarkup(text, "");
    }
    int end = text.lastIndexOf("<|end|>");
    if (end >= 0 && text.indexOf('[', end) >= 0) {
      return new ThinkingMarkup(text.substring(0, end), text.substring(end + "<|end|>".length()));
    }
    return new ThinkingMarkup("", text);
  }

  private static ThinkingMarkup splitSentences(String text) {
    Matcher sentences = SENTENCES.matcher(text);
    if (!sentences.find()) {
      return new ThinkingMarkup("", text);
    }
    String thinking = sentences.group("thinking");
    return new ThinkingMarkup(
        thinking == null ? sentences.group("thinking2") : thinking,
        text.substring(sentences.end()));
  }

  private static ThinkingMarkup splitMarks(String text) {
    Matcher mark = MARK.matcher(text);
    List<String> thinking = new ArrayList<>();
    StringBuilder answer = new StringBuilder();
    boolean inside = false;
    int from = 0;
    int at = 0;
    int arrays = 0;
    for (int marks = 0; mark.find(at); marks++) {
      if (marks == MAX_MARKS) {
        thinking.add(text.substring(from));
        return new ThinkingMarkup(joined(thinking), answer.toString());
      }
      boolean opens = mark.group("open") != null;
      if (!inside) {
        int end = arrays++ < MAX_ARRAYS ? endOfArrayAround(text, from, mark.start()) : -1;
        if (end > 0) {
          at = end;
          continue;
        }
      }
      if (opens && !inside) {
        answer.append(text, from, mark.start());
        inside = true;
        from = mark.end();
      } else if (!opens) {
        // closes; without an opening mark all of the answer so far was thinking
        String before = text.substring(from, mark.start());
        if (!inside) {
          before = answer + before;
          answer.setLength(0);
        }
        thinking.add(before);
        inside = false;
        from = mark.end();
      }
      at = mark.end();
    }
    if (inside) {
      thinking.add(text.substring(from));
    } else {
      answer.append(text, from, text.length());
    }
    return new ThinkingMarkup(joined(thinking), answer.toString());
  }

  /** The end of the array of actions that begins before a mark and ends after it, or -1. */
  private static int endOfArrayAround(String text, int from, int mark) {
    int bracket = text.indexOf('[', from);
    if (bracket < 0 || bracket > mark) {
      return -1;
    }
    return LenientArray.find(text.substring(from), Limits.MAX_ACTION_DEPTH)
        .filter(array -> from + array.start() < mark && from + array.end() > mark)
        .filter(array -> !array.cutOff())
        .map(array -> from + array.end())
        .orElse(-1);
  }

  private static String joined(List<String> parts) {
    String all = "";
    for (String part : parts) {
      all = ModelAnswer.joined(all, part);
    }
    return all;
  }
}
