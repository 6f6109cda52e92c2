package arena.simulation.faults;

import arena.simulation.Trace;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.stores.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Decides what goes wrong in one simulation. Each has its own weather: how often things go wrong,
 * which kinds of them, one fault point that is sought, and a moment from which all is calm, so that
 * what is promised for the end can be asked for.
 */
public final class FaultInjector {
  private static final double[] RATES = {0, 0.001, 0.004, 0.015, 0.05};
  private static final long[] CALM_AFTER_MINUTES = {1, 3, 10, 45, 100};

  /** Most hits of the fault point that is sought. */
  private static final int MAX_SOUGHT = 3;

  private final Random random;
  private final Scheduler scheduler;
  private final Trace trace;
  private final Coverage coverage = new Coverage();
  private final double rate;
  private final List<CallFault> kinds = new ArrayList<>();
  private final FaultPoint sought;

  /** Of the fault point that is sought; any if it is no call's. */
  private final CallFault soughtFault;

  private final double soughtChance;
  private int soughtLeft;
  private long calmAt;

  /** The weather that this source of chance makes. */
  public FaultInjector(Random random, Scheduler scheduler, Trace trace) {
    this.random = random;
    this.scheduler = scheduler;
    this.trace = trace;
    rate = RATES[random.nextInt(RATES.length)];
    CallFault[] all = CallFault.values();
    for (CallFault fault : all) {
      if (random.nextInt(3) > 0) {
        kinds.add(fault);
      }
    }
    if (kinds.isEmpty()) {
      kinds.add(all[random.nextInt(all.length)]);
    }
    List<FaultPoint> points = FaultPoint.all();
    sought = points.get(random.nextInt(points.size()));
    soughtFault =
        Arrays.stream(all)
            .filter(fault -> sought.name().endsWith(": " + fault.label()))
            .findFirst()
            .orElse(all[0]);
    soughtChance = random.nextBoolean() ? 1 : 0.2;
    soughtLeft = random.nextInt(MAX_SOUGHT + 1);
    calmAt = CALM_AFTER_MINUTES[random.nextInt(CALM_AFTER_MINUTES.length)] * 60_000_000L;
  }

  /** From when on nothing goes wrong any more, in microseconds. */
  public long calmAt() {
    return calmAt;
  }

  /** Whether nothing goes wrong any more. */
  public boolean isCalm() {
    return scheduler.now() >= calmAt;
  }

  /** What was hit. */
  public Coverage coverage() {
    return coverage;
  }

  /** What goes wrong with this call now; null if it goes well. */
  CallFault of(Call call) {
    if (isCalm()) {
      return null;
    }
    Map<CallFault, FaultPoint> points = FaultPoint.of(call);
    if (points.get(soughtFault) == sought && findsSought()) {
      return soughtFault;
    }
    if (rate == 0 || random.nextDouble() >= rate) {
      return null;
    }
    CallFault fault = kinds.get(random.nextInt(kinds.size()));
    FaultPoint point = points.get(fault);
    if (point == null) {
      return null;
    }
    coverage.hit(point);
    return fault;
  }

  private boolean findsSought() {
    if (soughtLeft == 0 || random.nextDouble() >= soughtChance) {
      return false;
    }
    soughtLeft--;
    coverage.hit(sought);
    return true;
  }

  /**
   * Whether this happens now.
   *
   * @param timesAsOften as a call goes wrong
   */
  public boolean has(Event event, double timesAsOften) {
    if (isCalm()) {
      return false;
    }
    FaultPoint point = FaultPoint.of(event);
    if (point != sought || !findsSought()) {
      if (rate == 0 || random.nextDouble() >= rate * timesAsOften) {
        return false;
      }
      coverage.hit(point);
    }
    trace.note("", "<<< " + point.name());
    return true;
  }
}
