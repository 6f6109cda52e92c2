package arena.simulation.clients;

import arena.broker.Broker;
import arena.lifecycle.RunQueries;
import arena.simulation.cloud.Connection;
import arena.simulation.cloud.Outcome;
import arena.simulation.cloud.WebSockets;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.invariants.ReadersGetEveryEvent.Reading;
import arena.simulation.scheduler.Mailbox;
import arena.simulation.scheduler.Scheduler;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A client as functions/stream-events/PROTOCOL.md has it: one connection, one or more runs. */
public final class ViewerClient implements Runnable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long SECOND = 1_000_000;
  private static final int PAGE = 100;

  private final Scheduler scheduler;
  private final WebSockets gateway;
  private final HttpClientApi api;
  private final FaultInjector weather;
  private final Random random;
  private final Map<String, Reading> readings = new LinkedHashMap<>();
  private final boolean slow;
  private final boolean flaps;
  private Connection connection;
  private Mailbox<Connection.Heard> heard;

  /** Who reads over these. */
  public ViewerClient(
      Scheduler scheduler,
      WebSockets gateway,
      HttpClientApi api,
      FaultInjector weather,
      Random random) {
    this.scheduler = scheduler;
    this.gateway = gateway;
    this.api = api;
    this.weather = weather;
    this.random = random;
    this.slow = weather.has(Event.READER_SLOW, 20);
    this.flaps = weather.has(Event.READER_FLAPS, 20);
  }

  /** It is to read this run as well. */
  public void reads(String runId, Reading reading) {
    readings.put(runId, reading);
  }

  private boolean isDone() {
    return readings.values().stream().allMatch(Reading::isOver);
  }

  @Override
  public void run() {
    long pause = SECOND / 2;
    while (!isDone()) {
      heard = new Mailbox<>(scheduler);
      Optional<Connection> opened = gateway.connect(heard);
      if (opened.isPresent()) {
        connection = opened.get();
        pause = SECOND / 2;
        if (!listen()) {
          return;
        }
      }
      scheduler.sleep(1 + (long) (pause * random.nextDouble()));
      pause = Math.min(2 * pause, 30 * SECOND);
    }
    if (connection.isOpen()) {
      gateway.hangUp(connection);
    }
  }

  /** Listens until the connection is lost or all is told; false if it leaves for good. */
  private boolean listen() {
    readings.forEach((runId, _) -> subscribe(runId));
    boolean pinged = false;
    while (!isDone()) {
      Optional<Connection.Heard> next = heard.take(pinged ? 30 * SECOND : 300 * SECOND);
      if (next.isEmpty()) {
        if (pinged) {
          gateway.vanish(connection);
          return true;
        }
        gateway.say(connection, "{\"action\":\"ping\"}");
        pinged = true;
        continue;
      }
      pinged = false;
      switch (next.get()) {
        case Connection.Heard.Closed() -> {
          return true;
        }
        case Connection.Heard.NotServed() -> {
          scheduler.sleep(random.nextLong(5 * SECOND));
          readings.forEach((runId, _) -> subscribe(runId));
        }
        case Connection.Heard.Message(String json) -> take(json);
      }
      if (weather.has(Event.READER_LEAVES, 1)) {
        readings.values().forEach(Reading::leaves);
        gateway.vanish(connection);
        return false;
      }
      if (flaps && !weather.isCalm() && random.nextInt(4) == 0) {
        gateway.hangUp(connection);
        return true;
      }
      if (slow && !weather.isCalm()) {
        scheduler.sleep(random.nextLong(20 * SECOND));
      }
    }
    return true;
  }

  private static JsonNode read(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message that is no JSON: " + json, e);
    }
  }

  private void subscribe(String runId) {
    Reading reading = readings.get(runId);
    if (!reading.isOver()) {
      gateway.say(
          connection,
          String.format(
              Locale.ROOT,
              "{\"action\":\"subscribe\",\"run_id\":\"%s\",\"from_seq\":%d}",
              runId,
              reading.last() + 1));
    }
  }

  /** What stands before the envelopes, but for the run's id in the middle. */
  private static final String BEFORE = "{\"type\":\"events\",\"run_id\":\"";

  private static final int RUN_ID = 32;
  private static final int BETWEEN = "\",\"events\":[".length();

  private void take(String json) {
    if (json.startsWith(BEFORE)) {
      String runId = json.substring(BEFORE.length(), BEFORE.length() + RUN_ID);
      if (!readings.get(runId).isOver()) {
        readings
            .get(runId)
            .givenAll(json.substring(BEFORE.length() + RUN_ID + BETWEEN, json.length() - 2));
      }
      return;
    }
    JsonNode message = read(json);
    String type = message.path("type").asText();
    if (type.equals("pong")) {
      return;
    }
    if (type.equals("error")) {
      String code = message.path("code").asText();
      if (!code.equals("unavailable") && !code.equals("internal_error")) {
        throw new IllegalStateException("a reader is refused: " + message);
      }
      scheduler.sleep(random.nextLong(5 * SECOND));
      readings.keySet().forEach(this::subscribe);
      return;
    }
    String runId = message.path("run_id").asText();
    Reading reading = readings.get(runId);
    if (reading.isOver()) {
      return;
    }
    switch (type) {
      case "overflow" -> {
        long availableFrom = message.path("available_from").asLong();
        reading.toldOfGap(message.path("requested_seq").asLong(), availableFrom);
        fill(runId, reading, availableFrom);
        subscribe(runId);
      }
      case "closed" ->
          reading.toldOfEnd(message.path("status").asText(), message.path("last_seq").asLong());
      default -> throw new IllegalStateException("no such message: " + message);
    }
  }

  /** Gets what it has missed from {@code GET /events}. */
  private void fill(String runId, Reading reading, long until) {
    while (reading.last() + 1 < until) {
      long from = reading.last() + 1;
      int limit = (int) Math.min(PAGE, until - from);
      if (api.ask(reader -> reader.events(runId, from, limit, 1 << 20))
          instanceof Outcome.Answer(RunQueries.EventPage page)) {
        for (Broker.Envelope envelope : page.envelopes()) {
          reading.given(envelope.seq(), envelope.json());
        }
      } else {
        scheduler.sleep(random.nextLong(5 * SECOND));
      }
    }
  }
}
