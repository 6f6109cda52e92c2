package arena.simulation.invariants;

import arena.broker.ConnectionId;
import arena.run.Run;
import arena.run.RunId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** See {@link #description}. */
public final class ReadersGetEveryEvent extends Invariant {
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");

  private final Map<String, Reading> readings = new HashMap<>();

  ReadersGetEveryEvent(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "A connected reader receives every event once and in order, then the run's end; events that it"
        + " does not receive are reported as an overflow. After an outage of the broker it is served within 30 s,"
        + " and one that has unsubscribed has no cursor; that of an ended connection, in a run without readers, is"
        + " the reaper's to delete.";
  }

  /** One reader's progress in one run. */
  public final class Reading {
    private final String reader;
    private final RunId runId;
    private long last;
    private boolean ended;
    private boolean left;
    private boolean started;
    private boolean disconnected;
    private Optional<ConnectionId> unsubscribed = Optional.empty();

    private Reading(String reader, RunId runId, long last) {
      this.reader = reader;
      this.runId = runId;
      this.last = last;
    }

    /** The seq of the last event received. */
    public long last() {
      return last;
    }

    /** Whether the reader was notified of the run's end, or has unsubscribed. */
    public boolean isDone() {
      return ended || unsubscribed.isPresent();
    }

    /** Unsubscribes for good. */
    public void unsubscribe(ConnectionId connectionId) {
      left = true;
      unsubscribed = Optional.of(connectionId);
    }

    /** Requires that the reader has what it should have after an outage. */
    private void requireServed(long events, boolean archived) {
      require(
          ended || left || (!archived && last >= events),
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s has seq %d of %d long after the outage",
                  reader,
                  runId,
                  last,
                  events));
    }

    private void requireNoCursor() {
      boolean orphaned =
          disconnected
              && readings.values().stream()
                  .filter(other -> other.runId.equals(runId))
                  .noneMatch(other -> other.started && !other.isDone() && !other.left);
      require(
          orphaned || unsubscribed.filter(facts.redis().cursors(runId)::containsKey).isEmpty(),
          () -> "%s unsubscribed from run %s, but has a cursor".formatted(reader, runId));
    }

    /** Called when the reader subscribes. */
    public void start() {
      started = true;
    }

    /** Receives the comma-separated envelopes of a live message. */
    public void receiveAll(String envelopes) {
      Matcher first = SEQ.matcher(envelopes);
      require(first.find(), () -> "%s of run %s received %s".formatted(reader, runId, envelopes));
      long seq = Long.parseLong(first.group(1));
      int at = 0;
      while (at < envelopes.length()) {
        String expected = String.valueOf(facts.envelope(runId, seq));
        boolean same = envelopes.startsWith(expected, at);
        receive(seq, same ? expected : envelopes.substring(at));
        at += expected.length() + 1;
        seq++;
      }
    }

    /** Receives one event. A fault may have repeated it, as when a fan-out dies after a send. */
    public void receive(long seq, String envelope) {
      require(
          seq == last + 1 || (seq <= last && !facts.calm()),
          () ->
              String.format(
                  Locale.ROOT, "%s of run %s received seq %d after %d", reader, runId, seq, last));
      require(
          envelope.equals(facts.envelope(runId, seq)),
          () ->
              "%s of run %s received %s, the journal has %s"
                  .formatted(reader, runId, envelope, facts.envelope(runId, seq)));
      last = Math.max(last, seq);
    }

    /** Receives events although it is done. */
    public void receiveAfterEnd() {
      require(
          !ended || left || !facts.calm(),
          () -> "%s of run %s received events after its end".formatted(reader, runId));
    }

    /** Receives an overflow message. */
    public void overflow(long requested, long availableFrom) {
      require(
          requested <= last + 1,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s has %d, overflow requested_seq is %d",
                  reader,
                  runId,
                  last,
                  requested));
      require(
          availableFrom > requested,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s requested %d, overflow available_from is %d",
                  reader,
                  runId,
                  requested,
                  availableFrom));
    }

    /** Receives the closed message. */
    public void closed(String status, long lastSeq) {
      require(
          last == lastSeq,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s received closed at %d, but has %d",
                  reader,
                  runId,
                  lastSeq,
                  last));
      require(
          facts.row(runId).status().label().equals(status) && facts.row(runId).nEvents() == lastSeq,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s received closed of run %s with status %s and %d events",
                  reader,
                  runId,
                  status,
                  lastSeq));
      ended = true;
    }

    /** Called when the reader's connection has ended. */
    public void disconnect() {
      disconnected = true;
    }

    /** Stops reading. */
    public void leave() {
      left = true;
    }
  }

  /**
   * Notes what readers must have soon, because the broker is back now.
   *
   * @return checks whether they have it
   */
  public Runnable whenBrokerIsBack() {
    List<Runnable> checks = new ArrayList<>();
    for (Reading reading : readings.values()) {
      Run run = facts.row(reading.runId);
      if (reading.unsubscribed.isPresent()) {
        checks.add(reading::requireNoCursor);
      } else if (reading.started) {
        checks.add(() -> reading.requireServed(run.nEvents(), run.archived()));
      }
    }
    return () -> checks.forEach(Runnable::run);
  }

  /** Registers a reader of a run, from the event after {@code last}. */
  public Reading subscribe(String reader, RunId runId, long last) {
    Reading reading = new Reading(reader, runId, last);
    readings.put(reader + " " + runId, reading);
    return reading;
  }

  /** Whether every reader was notified of the end or has left. */
  public boolean allDone() {
    return readings.values().stream().allMatch(reading -> reading.ended || reading.left);
  }

  @Override
  public void atEnd() {
    for (Reading reading : readings.values()) {
      require(
          reading.ended || reading.left,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s has seq %d and did not receive closed",
                  reading.reader,
                  reading.runId,
                  reading.last));
    }
  }
}
