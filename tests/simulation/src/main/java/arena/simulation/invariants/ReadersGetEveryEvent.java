package arena.simulation.invariants;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** See {@link #says}. */
public final class ReadersGetEveryEvent extends Invariant {
  private static final Pattern SEQ = Pattern.compile("\"seq\":(\\d+)");

  private final Map<String, Reading> readings = new HashMap<>();

  ReadersGetEveryEvent(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "Every reader that stays is given each event once, in order, and told of the run's end;"
        + " what it is not given it is told to have missed.";
  }

  /** One reader's reading of one run. */
  public final class Reading {
    private final String who;
    private final String runId;
    private long last;
    private boolean ended;
    private boolean left;

    private Reading(String who, String runId, long last) {
      this.who = who;
      this.runId = runId;
      this.last = last;
    }

    /** The seq of the last event that it has, or knows to have missed. */
    public long last() {
      return last;
    }

    /** Whether it was told of the run's end. */
    public boolean isOver() {
      return ended;
    }

    /** A live message has these envelopes, with commas between them. */
    public void givenAll(String envelopes) {
      Matcher first = SEQ.matcher(envelopes);
      require(first.find(), () -> "%s of run %s gets %s".formatted(who, runId, envelopes));
      long seq = Long.parseLong(first.group(1));
      int at = 0;
      while (at < envelopes.length()) {
        String expected = String.valueOf(facts.envelope(runId, seq));
        boolean same = envelopes.startsWith(expected, at);
        given(seq, same ? expected : envelopes.substring(at));
        at += expected.length() + 1;
        seq++;
      }
    }

    /** A live message has this event; what it has already it drops. */
    public void given(long seq, String envelope) {
      require(
          seq <= last + 1,
          () ->
              String.format(
                  Locale.ROOT, "%s of run %s gets seq %d after %d", who, runId, seq, last));
      require(
          envelope.equals(facts.envelope(runId, seq)),
          () ->
              "%s of run %s gets %s where the journal had %s"
                  .formatted(who, runId, envelope, facts.envelope(runId, seq)));
      last = Math.max(last, seq);
    }

    /** It is told that events before this one are not given to it. */
    public void toldOfGap(long requested, long availableFrom) {
      require(
          requested <= last + 1,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s has %d and is told of a gap from %d only",
                  who,
                  runId,
                  last,
                  requested));
      require(
          availableFrom > requested,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s asks for %d and is told that there is %d",
                  who,
                  runId,
                  requested,
                  availableFrom));
    }

    /** It is told that the run has ended. */
    public void toldOfEnd(String status, long lastSeq) {
      require(
          last == lastSeq,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s of run %s is told of its end at %d, and has %d",
                  who,
                  runId,
                  lastSeq,
                  last));
      require(
          facts.row(runId).status().label().equals(status) && facts.row(runId).nEvents() == lastSeq,
          () ->
              String.format(
                  Locale.ROOT,
                  "%s is told that run %s is %s with %d events",
                  who,
                  runId,
                  status,
                  lastSeq));
      ended = true;
    }

    /** It goes, and cares no more. */
    public void leaves() {
      left = true;
    }
  }

  /** A reader begins to read a run, from the event after this one. */
  public Reading begins(String who, String runId, long last) {
    Reading reading = new Reading(who, runId, last);
    readings.put(who + " " + runId, reading);
    return reading;
  }

  /** Whether all have been told, or have left. */
  public boolean areOver() {
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
                  "%s of run %s has seq %d and was not told of its end",
                  reading.who,
                  reading.runId,
                  reading.last));
    }
  }
}
