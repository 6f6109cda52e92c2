package arena.local.log;

import arena.local.aws.AwsApi;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * CloudWatch Logs' API over the functions' logs, as far as it reads: {@code FilterLogEvents}. A log
 * group's name is that in AWS, {@code /aws/lambda/<function>}; all of a function's sandboxes write
 * to one log stream.
 */
public final class LogGroups implements AwsApi {
  /** What its targets start with. */
  public static final String TARGET_PREFIX = "Logs_20140328.";

  /** What the name of a function's log group starts with. */
  public static final String GROUP_PREFIX = "/aws/lambda/";

  private static final String STREAM = "local";
  private static final int MAX_EVENTS = 10_000;

  /** Bytes of a page, and of what is searched for one: then it ends early, with a token. */
  private static final int PAGE_BYTES = 1024 * 1024;

  private static final long SEARCHED_BYTES = 8L * 1024 * 1024;
  private static final int MAX_TOKEN = 200;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, LogFile> groups = new TreeMap<>();

  /**
   * Serves these logs.
   *
   * @param logs by the function's name
   */
  public LogGroups(Map<String, LogFile> logs) {
    logs.forEach((function, log) -> groups.put(GROUP_PREFIX + function, log));
  }

  private record Question(
      String group, LogFile log, FilterPattern pattern, long from, long to, int limit) {}

  private record Found(long time, String message, String eventId) {}

  /** Where a page goes on: a file by its first line, and a place in it. */
  private record Place(String mark, long offset) {}

  /** A fault that the caller can mend. */
  private static final class Refused extends Exception {
    private final String type;

    Refused(String type, String message) {
      super(message);
      this.type = type;
    }
  }

  @Override
  public Answer call(String operation, String body) {
    try {
      if (!operation.equals("FilterLogEvents")) {
        throw new Refused("UnknownOperationException", "the local stack has no " + operation);
      }
      JsonNode request = JSON.readTree(body);
      Question question = question(request);
      return new Answer(200, page(question, place(request)).toString());
    } catch (Refused e) {
      return fault(400, e.type, e.getMessage());
    } catch (JsonProcessingException e) {
      return fault(400, "SerializationException", "the request is no JSON");
    } catch (IOException e) {
      return fault(500, "ServiceUnavailableException", "the log cannot be read: " + e.getMessage());
    }
  }

  private static Answer fault(int status, String type, String message) {
    return new Answer(
        status, JSON.createObjectNode().put("__type", type).put("message", message).toString());
  }

  private Question question(JsonNode request) throws Refused {
    for (String field : List.of("logStreamNames", "logStreamNamePrefix", "logGroupIdentifier")) {
      if (request.hasNonNull(field)) {
        throw invalid(field + " is not supported by the local stack: use logGroupName");
      }
    }
    String group = request.path("logGroupName").asText();
    LogFile log = groups.get(group);
    if (log == null) {
      throw new Refused("ResourceNotFoundException", "The specified log group does not exist.");
    }
    int limit = request.path("limit").asInt(MAX_EVENTS);
    if (limit < 1 || limit > MAX_EVENTS) {
      throw invalid("limit is from 1 to " + MAX_EVENTS);
    }
    try {
      return new Question(
          group,
          log,
          FilterPattern.read(request.path("filterPattern").asText()),
          request.path("startTime").asLong(0),
          request.path("endTime").asLong(Long.MAX_VALUE),
          limit);
    } catch (IllegalArgumentException e) {
      throw invalid(e.getMessage());
    }
  }

  private static Refused invalid(String message) {
    return new Refused("InvalidParameterException", message);
  }

  private static Optional<Place> place(JsonNode request) throws Refused {
    if (!request.hasNonNull("nextToken")) {
      return Optional.empty();
    }
    String token = request.get("nextToken").asText();
    try {
      if (token.length() <= MAX_TOKEN) {
        String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        if (colon > 0) {
          return Optional.of(
              new Place(text.substring(0, colon), Long.parseLong(text.substring(colon + 1))));
        }
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw invalid("The specified nextToken is invalid.");
  }

  private static String token(Place place) {
    String text = place.mark() + ":" + place.offset();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode page(Question question, Optional<Place> from) throws IOException {
    List<LogPart> parts = question.log().parts();
    List<Found> found = new ArrayList<>();
    Optional<Place> next;
    try {
      next = search(question, parts, from, found);
    } finally {
      for (LogPart part : parts) {
        part.close();
      }
    }
    ObjectNode page = JSON.createObjectNode();
    ArrayNode events = page.putArray("events");
    found.sort(Comparator.comparingLong(Found::time));
    for (Found one : found) {
      events
          .addObject()
          .put("logStreamName", STREAM)
          .put("timestamp", one.time())
          .put("message", one.message())
          .put("ingestionTime", one.time())
          .put("eventId", one.eventId());
    }
    page.putArray("searchedLogStreams");
    next.ifPresent(place -> page.put("nextToken", token(place)));
    return page;
  }

  /** Adds what is found to a page; where the next one goes on, if there may be more. */
  private static Optional<Place> search(
      Question question, List<LogPart> parts, Optional<Place> from, List<Found> found)
      throws IOException {
    // A file that is gone since, with all before it, is no reason to begin anew somewhere else.
    boolean skipping = from.isPresent() && holds(question.log(), from.get().mark());
    long bytes = 0;
    long searched = 0;
    for (LogPart part : parts) {
      Optional<LogPart.Line> first = part.next();
      if (first.isEmpty()) {
        continue;
      }
      String mark = first.get().mark();
      Optional<LogPart.Line> line = first;
      if (skipping) {
        if (!mark.equals(from.get().mark())) {
          continue;
        }
        skipping = false;
        if (from.get().offset() > 0) {
          part.skipTo(from.get().offset());
          line = part.next();
        }
      }
      long time = 0;
      for (; line.isPresent(); line = part.next()) {
        LogPart.Line one = line.get();
        boolean full = found.size() == question.limit() || bytes > PAGE_BYTES;
        if (full || searched > SEARCHED_BYTES) {
          return Optional.of(new Place(mark, one.offset()));
        }
        searched += one.end() - one.offset();
        // A line without a time of its own belongs to the one before it.
        time = time(one.text()).orElse(time);
        if (time >= question.from()
            && time <= question.to()
            && question.pattern().matches(one.text())) {
          found.add(new Found(time, one.text(), mark + "-" + one.offset()));
          bytes += one.end() - one.offset();
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holds(LogFile log, String mark) throws IOException {
    List<LogPart> parts = log.parts();
    boolean holds = false;
    for (LogPart part : parts) {
      try (part) {
        holds |= part.next().map(LogPart.Line::mark).filter(mark::equals).isPresent();
      }
    }
    return holds;
  }

  /** When a line says that it was written, in milliseconds since 1970. */
  private static Optional<Long> time(String line) {
    try {
      for (String field : List.of("\"timestamp\":\"", "{\"time\":\"")) {
        int at = line.indexOf(field);
        if (at >= 0) {
          int begin = at + field.length();
          return Optional.of(
              Instant.parse(line.substring(begin, line.indexOf('"', begin))).toEpochMilli());
        }
      }
      String metrics = "{\"_aws\":{\"Timestamp\":";
      if (line.startsWith(metrics)) {
        return Optional.of(
            Long.parseLong(line.substring(metrics.length(), line.indexOf(',', metrics.length()))));
      }
    } catch (DateTimeException | NumberFormatException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
