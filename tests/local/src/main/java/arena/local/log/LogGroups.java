package arena.local.log;

import arena.local.aws.AwsApi;
import arena.local.iam.Access;
import arena.local.iam.ServiceAccess;
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
 * The API of CloudWatch Logs for the functions' logs: {@code FilterLogEvents}. Log groups have
 * their names in AWS, {@code /aws/lambda/<function>}; all sandboxes of a function write to match
 * log stream.
 */
public final class LogGroups implements AwsApi {
  /** The prefix of an operation in the header {@code X-Amz-Target}. */
  public static final String TARGET_PREFIX = "Logs_20140328.";

  /** The prefix of a function's log group. */
  public static final String GROUP_PREFIX = "/aws/lambda/";

  private static final String STREAM = "local";
  private static final int MAX_EVENTS = 10_000;

  /**
   * Limits of a page and of the search for match, in bytes; beyond them it ends early with a token.
   */
  private static final int PAGE_BYTES = 1024 * 1024;

  private static final long SEARCHED_BYTES = 8L * 1024 * 1024;
  private static final int MAX_TOKEN = 200;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Map<String, LogFile> groups = new TreeMap<>();

  /**
   * Creates the API of the functions' logs.
   *
   * @param logs the logs by function name
   */
  public LogGroups(Map<String, LogFile> logs) {
    logs.forEach((function, log) -> groups.put(GROUP_PREFIX + function, log));
  }

  private record Query(
      String group, LogFile log, FilterPattern pattern, long from, long to, int limit) {}

  private record Match(long time, String message, String eventId) {}

  /** The start of a page: a file, identified by its first line, and an offset in it. */
  private record Position(String mark, long offset) {}

  /** An error that the caller can correct. */
  private static final class ClientError extends Exception {
    private final String type;

    ClientError(String type, String message) {
      super(message);
      this.type = type;
    }
  }

  @Override
  public List<Access> needed(String operation, String body) {
    return ServiceAccess.logs(operation, body);
  }

  @Override
  public Response call(String operation, String body) {
    try {
      if (!operation.equals("FilterLogEvents")) {
        throw new ClientError(
            "UnknownOperationException", "the local stack does not support " + operation);
      }
      JsonNode request = JSON.readTree(body);
      Query query = query(request);
      return new Response(200, page(query, position(request)).toString());
    } catch (ClientError e) {
      return error(400, e.type, e.getMessage());
    } catch (JsonProcessingException e) {
      return error(400, "SerializationException", "the request is not JSON");
    } catch (IOException e) {
      return error(500, "ServiceUnavailableException", "the log cannot be read: " + e.getMessage());
    }
  }

  private static Response error(int status, String type, String message) {
    return new Response(
        status, JSON.createObjectNode().put("__type", type).put("message", message).toString());
  }

  private Query query(JsonNode request) throws ClientError {
    for (String field : List.of("logStreamNames", "logStreamNamePrefix", "logGroupIdentifier")) {
      if (request.hasNonNull(field)) {
        throw invalid(field + " is not supported by the local stack; use logGroupName");
      }
    }
    String group = request.path("logGroupName").asText();
    LogFile log = groups.get(group);
    if (log == null) {
      throw new ClientError("ResourceNotFoundException", "The specified log group does not exist.");
    }
    int limit = request.path("limit").asInt(MAX_EVENTS);
    if (limit < 1 || limit > MAX_EVENTS) {
      throw invalid("limit must be from 1 to " + MAX_EVENTS);
    }
    try {
      return new Query(
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

  private static ClientError invalid(String message) {
    return new ClientError("InvalidParameterException", message);
  }

  private static Optional<Position> position(JsonNode request) throws ClientError {
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
              new Position(text.substring(0, colon), Long.parseLong(text.substring(colon + 1))));
        }
      }
    } catch (IllegalArgumentException e) {
      // rejected below
    }
    throw invalid("The specified nextToken is invalid.");
  }

  private static String token(Position position) {
    String text = position.mark() + ":" + position.offset();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static ObjectNode page(Query query, Optional<Position> from) throws IOException {
    List<LogPart> parts = query.log().parts();
    List<Match> found = new ArrayList<>();
    Optional<Position> next;
    try {
      next = search(query, parts, from, found);
    } finally {
      for (LogPart part : parts) {
        part.close();
      }
    }
    ObjectNode page = JSON.createObjectNode();
    ArrayNode events = page.putArray("events");
    found.sort(Comparator.comparingLong(Match::time));
    for (Match match : found) {
      events
          .addObject()
          .put("logStreamName", STREAM)
          .put("timestamp", match.time())
          .put("message", match.message())
          .put("ingestionTime", match.time())
          .put("eventId", match.eventId());
    }
    page.putArray("searchedLogStreams");
    next.ifPresent(position -> page.put("nextToken", token(position)));
    return page;
  }

  /**
   * Adds matching lines to a page, and returns the start of the next page if there may be match.
   */
  private static Optional<Position> search(
      Query query, List<LogPart> parts, Optional<Position> from, List<Match> found)
      throws IOException {
    // If the file of the token is deleted, so are all before it: the search starts with the oldest.
    boolean skipping = from.isPresent() && holds(query.log(), from.get().mark());
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
        LogPart.Line match = line.get();
        boolean full = found.size() == query.limit() || bytes > PAGE_BYTES;
        if (full || searched > SEARCHED_BYTES) {
          return Optional.of(new Position(mark, match.offset()));
        }
        searched += match.end() - match.offset();
        // A line without a timestamp belongs to the previous match.
        time = time(match.text()).orElse(time);
        if (time >= query.from() && time <= query.to() && query.pattern().matches(match.text())) {
          found.add(new Match(time, match.text(), mark + "-" + match.offset()));
          bytes += match.end() - match.offset();
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

  /** Returns the timestamp in a line, in milliseconds since 1970. */
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
