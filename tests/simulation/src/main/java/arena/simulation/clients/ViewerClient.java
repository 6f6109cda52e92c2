package arena.simulation.clients;

import arena.broker.Broker;
import arena.lifecycle.RunQueries;
import arena.run.RunId;
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

/**
 * A WebSocket client that follows functions/stream-events/PROTOCOL.md: one connection, one or more
 * runs.
 */
public final class ViewerClient implements Runnable {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final long SECOND = 1_000_000;
  private static final int PAGE_EVENTS = 100;

  /** Time in which a message is surely handled; messages are not handled in order. */
  private static final long MESSAGE_TIME = 10 * SECOND;

  private final Scheduler scheduler;
  private final WebSockets gateway;
  private final HttpClientApi api;
  private final FaultInjector faults;
  private final Random random;
  private final Map<RunId, Reading> readings = new LinkedHashMap<>();
  private final boolean slow;
  private final boolean flapping;
  private Connection connection;
  private Mailbox<Connection.Received> inbox;

  public ViewerClient(
      Scheduler scheduler,
      WebSockets gateway,
      HttpClientApi api,
      FaultInjector faults,
      Random random) {
    this.scheduler = scheduler;
    this.gateway = gateway;
    this.api = api;
    this.faults = faults;
    this.random = random;
    this.slow = faults.occurs(Event.READER_SLOW, 20);
    this.flapping = faults.occurs(Event.READER_FLAPPING, 20);
  }

  /** Adds a run to read. */
  public void addRun(RunId runId, Reading reading) {
    readings.put(runId, reading);
  }

  private boolean isDone() {
    return readings.values().stream().allMatch(Reading::isDone);
  }

  @Override
  public void run() {
    long pause = SECOND / 2;
    while (!isDone()) {
      inbox = new Mailbox<>(scheduler);
      Optional<Connection> opened = gateway.connect(inbox);
      if (opened.isPresent()) {
        connection = opened.get();
        pause = SECOND / 2;
        if (!readUntilClosed()) {
          return;
        }
        readings.values().forEach(Reading::disconnect);
      }
      scheduler.sleep(1 + (long) (pause * random.nextDouble()));
      pause = Math.min(2 * pause, 30 * SECOND);
    }
    if (connection.isOpen()) {
      gateway.closeFromClient(connection);
    }
  }

  /**
   * Reads until the connection is lost or every run is done; returns false if the client leaves.
   */
  private boolean readUntilClosed() {
    readings.forEach((runId, _) -> subscribe(runId));
    boolean pinged = false;
    while (!isDone()) {
      Optional<Connection.Received> next = inbox.take(pinged ? 30 * SECOND : 300 * SECOND);
      if (next.isEmpty()) {
        if (pinged) {
          gateway.vanish(connection);
          return true;
        }
        gateway.sendFromClient(connection, "{\"action\":\"ping\"}");
        pinged = true;
        continue;
      }
      pinged = false;
      switch (next.get()) {
        case Connection.Received.Closed() -> {
          return true;
        }
        case Connection.Received.NotServed() -> {
          scheduler.sleep(random.nextLong(5 * SECOND));
          readings.forEach((runId, _) -> subscribe(runId));
        }
        case Connection.Received.Message(String json) -> handle(json);
      }
      if (faults.occurs(Event.READER_LEAVES, 1)) {
        readings.values().forEach(Reading::leave);
        gateway.vanish(connection);
        return false;
      }
      if (flapping && !faults.ended() && random.nextInt(4) == 0) {
        gateway.closeFromClient(connection);
        return true;
      }
      if (slow && !faults.ended()) {
        scheduler.sleep(random.nextLong(20 * SECOND));
      }
    }
    return true;
  }

  private static JsonNode parse(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("not JSON: " + json, e);
    }
  }

  private void subscribe(RunId runId) {
    Reading reading = readings.get(runId);
    if (!reading.isDone()) {
      reading.start();
      gateway.sendFromClient(
          connection,
          String.format(
              Locale.ROOT,
              "{\"action\":\"subscribe\",\"run_id\":\"%s\",\"from_seq\":%d}",
              runId,
              reading.last() + 1));
    }
  }

  /** Sometimes subscribes again during an outage, or unsubscribes, for good or for a while. */
  private void whileBehind(RunId runId) {
    Reading reading = readings.get(runId);
    if (!faults.outagesOnly() || faults.ended() || reading.isDone()) {
      return;
    }
    switch (random.nextInt(8)) {
      case 0 -> subscribe(runId);
      case 1 -> {
        unsubscribe(runId);
        reading.unsubscribe(connection.id());
      }
      case 2 -> {
        unsubscribe(runId);
        scheduler.sleep(MESSAGE_TIME);
        subscribe(runId);
      }
      default -> {
        // waits
      }
    }
  }

  private void unsubscribe(RunId runId) {
    gateway.sendFromClient(
        connection,
        String.format(Locale.ROOT, "{\"action\":\"unsubscribe\",\"run_id\":\"%s\"}", runId));
  }

  /** Text of an events message before the run id. */
  private static final String EVENTS_PREFIX = "{\"type\":\"events\",\"run_id\":\"";

  private static final int RUN_ID_LENGTH = 32;
  private static final int EVENTS_INFIX_LENGTH = "\",\"events\":[".length();

  private void handle(String json) {
    if (json.startsWith(EVENTS_PREFIX)) {
      RunId runId =
          RunId.of(json.substring(EVENTS_PREFIX.length(), EVENTS_PREFIX.length() + RUN_ID_LENGTH));
      Reading reading = readings.get(runId);
      if (reading.isDone()) {
        reading.receiveAfterEnd();
      } else {
        reading.receiveAll(
            json.substring(
                EVENTS_PREFIX.length() + RUN_ID_LENGTH + EVENTS_INFIX_LENGTH, json.length() - 2));
      }
      return;
    }
    JsonNode message = parse(json);
    String type = message.path("type").asText();
    if (type.equals("pong")) {
      return;
    }
    if (type.equals("error")) {
      String code = message.path("code").asText();
      if (code.equals("behind")) {
        whileBehind(RunId.of(message.path("run_id").asText()));
        return; // the subscription stays
      }
      if (code.equals("too_many_requests")) {
        scheduler.sleep(60 * SECOND);
        subscribe(RunId.of(message.path("run_id").asText()));
        return;
      }
      if (!code.equals("unavailable") && !code.equals("internal_error")) {
        throw new IllegalStateException("reader rejected: " + message);
      }
      scheduler.sleep(random.nextLong(5 * SECOND));
      readings.keySet().forEach(this::subscribe);
      return;
    }
    RunId runId = RunId.of(message.path("run_id").asText());
    Reading reading = readings.get(runId);
    if (reading.isDone()) {
      return;
    }
    switch (type) {
      case "overflow" -> {
        long availableFrom = message.path("available_from").asLong();
        reading.overflow(message.path("requested_seq").asLong(), availableFrom);
        fillGap(runId, reading, availableFrom);
        subscribe(runId);
      }
      case "closed" ->
          reading.closed(message.path("status").asText(), message.path("last_seq").asLong());
      default -> throw new IllegalStateException("unknown message: " + message);
    }
  }

  /** Reads missed events from {@code GET /events}. */
  private void fillGap(RunId runId, Reading reading, long until) {
    while (reading.last() + 1 < until) {
      long from = reading.last() + 1;
      int limit = (int) Math.min(PAGE_EVENTS, until - from);
      if (api.query(reader -> reader.events(runId, from, limit, 1 << 20))
          instanceof Outcome.Answer(RunQueries.EventPage page)) {
        for (Broker.Envelope envelope : page.envelopes()) {
          reading.receive(envelope.seq(), envelope.json());
        }
      } else {
        scheduler.sleep(random.nextLong(5 * SECOND));
      }
    }
  }
}
