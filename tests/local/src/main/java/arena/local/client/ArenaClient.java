package arena.local.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A client of the HTTP interface; it also opens live readers of the WebSocket interface. */
public final class ArenaClient implements AutoCloseable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration CALL = Duration.ofSeconds(40);
  private static final int PAGE = 1_000;
  private static final int MAX_PAGES = 1_000;
  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  private final URI http;
  private final URI websocket;
  private final Optional<String> token;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * Creates a client of the arena at these addresses, such as http://localhost:8000 and
   * ws://localhost:8000/live.
   */
  public ArenaClient(URI http, URI websocket) {
    this(http, websocket, Optional.empty());
  }

  /**
   * Creates a client of an arena.
   *
   * @param token the token that requests carry; empty if the arena needs none
   */
  public ArenaClient(URI http, URI websocket, Optional<String> token) {
    this.http = http;
    this.websocket = websocket;
    this.token = token;
  }

  /** A response. */
  public record Answer(int status, HttpResponse<String> response) {
    /** Returns the body. */
    public String text() {
      return response.body();
    }

    /** Returns the body as JSON. */
    public JsonNode json() {
      try {
        return MAPPER.readTree(text());
      } catch (IOException e) {
        throw new UncheckedIOException("not JSON: " + text(), e);
      }
    }

    /** Returns the body as JSON; fails if the status is another. */
    public JsonNode expect(int expected) {
      if (status != expected) {
        throw new IllegalStateException(
            String.format(Locale.ROOT, "expected status %d, got %d: %s", expected, status, text()));
      }
      return json();
    }

    /** The path of the next page of a list; empty if this is the last one. */
    public Optional<String> nextPage() {
      return response
          .headers()
          .firstValue("link")
          .map(link -> link.substring(link.indexOf('<') + 1, link.indexOf('>')));
    }
  }

  /** Sends a GET request. */
  public Answer get(String path) {
    return send(request(path).GET());
  }

  /** Sends a POST request with a JSON body. */
  public Answer post(String path, String body) {
    return send(
        request(path)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Returns a builder of a request to a path. */
  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(http.resolve(path)).timeout(CALL);
    token.ifPresent(text -> request.header("authorization", "Bearer " + text));
    return request;
  }

  /** Sends a request. */
  public Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a response", e);
    }
  }

  /** Starts a run and returns its id. */
  public String startRun(String body) {
    return post("/runs", body).expect(202).path("run_id").asText();
  }

  /** Starts a fork and returns the child's id. */
  public String startFork(String body) {
    return post("/forks", body).expect(202).path("child_run_id").asText();
  }

  /**
   * Waits until a run has ended and is archived, and returns its row.
   *
   * @param silence longest wait for the next message
   */
  public JsonNode awaitEnd(String runId, Duration silence) {
    long next = get("/runs/" + runId).expect(200).path("n_events").asLong() + 1;
    try (LiveReader reader = live()) {
      reader.subscribe(runId, next);
      reader.untilClosed(runId, silence, _ -> {});
    }
    return get("/runs/" + runId).expect(200);
  }

  /**
   * Waits without a reader, which would wait for the broker, until a run has ended and is archived,
   * and returns its row.
   *
   * @throws IllegalStateException if it does not end within the bound
   */
  public JsonNode pollEnd(String runId, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    while (true) {
      JsonNode row = get("/runs/" + runId).expect(200);
      if (!row.path("db_path").asText().isEmpty()) {
        return row;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("run has not ended within " + bound + ": " + row);
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
  }

  /** Returns all events of an ended run, from a seq on. */
  public List<Envelope> events(String runId, long fromSeq) {
    List<Envelope> all = new ArrayList<>();
    long from = fromSeq;
    for (int page = 0; page < MAX_PAGES; page++) {
      Answer answer =
          get(
              String.format(
                  Locale.ROOT, "/events?run_id=%s&from_seq=%d&limit=%d", runId, from, PAGE));
      JsonNode next = answer.expect(200).path("next_from_seq");
      all.addAll(Envelope.allIn(answer.text()));
      if (next.isNull() || next.asLong() == from) {
        return all;
      }
      from = next.asLong();
    }
    throw new IllegalStateException(
        String.format(Locale.ROOT, "more than %d pages of events", MAX_PAGES));
  }

  /** Opens a connection for live reading. */
  public LiveReader live() {
    return LiveReader.open(client, webSocketUrl());
  }

  /** Returns the URL of the WebSocket interface for one connection, with a ticket if needed. */
  public URI webSocketUrl() {
    return webSocketUrl(Optional.empty());
  }

  /** Returns the URL for one connection, which may subscribe to this run only. */
  public URI webSocketUrl(Optional<String> runId) {
    if (token.isEmpty()) {
      return websocket;
    }
    String body = runId.map(id -> "{\"run_id\":\"" + id + "\"}").orElse("{}");
    String ticket = post("/tickets", body).expect(201).path("ticket").asText();
    return URI.create(websocket + "?ticket=" + ticket);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
