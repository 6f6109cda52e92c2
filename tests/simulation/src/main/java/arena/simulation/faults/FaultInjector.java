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
 * Decides which faults occur in one simulation.
 *
 * <p>The seed determines the fault rate, the enabled kinds of faults, one fault point that is
 * targeted, and the time of the last fault, after which the simulation must settle.
 */
public final class FaultInjector {
  private static final double[] RATES = {0, 0.001, 0.004, 0.015, 0.05};
  private static final long[] LAST_FAULT_MINUTES = {1, 3, 10, 45, 100};

  /** One of this many simulations has no faults but outages of the broker. */
  private static final int OUTAGES_ONLY = 4;

  /** Maximum hits of the targeted fault point. */
  private static final int MAX_TARGET_HITS = 3;

  private final Random random;
  private final Scheduler scheduler;
  private final Trace trace;
  private final Coverage coverage = new Coverage();
  private final boolean outagesOnly;
  private final double rate;
  private final List<CallFault> kinds = new ArrayList<>();
  private final FaultPoint target;

  /** Fault of the target; arbitrary if the target is an event. */
  private final CallFault targetFault;

  private final boolean renewalIsTarget;
  private final boolean resumptionIsTarget;
  private final boolean replicasAreTarget;
  private final double targetProbability;
  private int targetHitsLeft;
  private long endAt;
  private long outageOverAt;

  /** Draws the configuration from {@code random}. */
  public FaultInjector(Random random, Scheduler scheduler, Trace trace) {
    this.random = random;
    this.scheduler = scheduler;
    this.trace = trace;
    outagesOnly = random.nextInt(OUTAGES_ONLY) == 0;
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
    target = points.get(random.nextInt(points.size()));
    targetFault =
        Arrays.stream(all)
            .filter(fault -> target.name().endsWith(": " + fault.label()))
            .findFirst()
            .orElse(all[0]);
    renewalIsTarget = FaultPoint.of(Call.IDEMPOTENCY_RENEW).containsValue(target);
    resumptionIsTarget = FaultPoint.of(Call.COMPARISONS_NEXT_GENERATION).containsValue(target);
    replicasAreTarget = FaultPoint.of(Call.COMPARISONS_ADD_REPLICAS).containsValue(target);
    targetProbability = random.nextBoolean() ? 1 : 0.2;
    targetHitsLeft = random.nextInt(MAX_TARGET_HITS + 1);
    endAt = LAST_FAULT_MINUTES[random.nextInt(LAST_FAULT_MINUTES.length)] * 60_000_000L;
  }

  /** Time after which no fault occurs, in microseconds. */
  public long endAt() {
    return endAt;
  }

  /** Whether nothing but the broker fails, so that readers must be served soon after it is back. */
  public boolean outagesOnly() {
    return outagesOnly;
  }

  /**
   * Notes an outage of the broker that {@link #outagesOnly} allows.
   *
   * @param overAt when its readers are served, in microseconds
   */
  public void outage(long overAt) {
    outageOverAt = Math.max(outageOverAt, overAt);
  }

  /** Whether there was no fault yet, and the last outage is over. */
  boolean calm() {
    return coverage.faults() == 0 && scheduler.now() >= outageOverAt;
  }

  /** Whether the target is a fault of comparisons, so that it is hit only if there are some. */
  public boolean targetsComparisons() {
    return target.ofComparisons();
  }

  /** Whether the target is a fault of added replicas, so that experiments get some. */
  public boolean targetsReplicas() {
    return replicasAreTarget;
  }

  /** Whether no more faults occur. */
  public boolean ended() {
    return scheduler.now() >= endAt;
  }

  public Coverage coverage() {
    return coverage;
  }

  /** Returns the fault of this call; null for none. */
  CallFault faultOf(Call call) {
    if (ended() || outagesOnly) {
      return null;
    }
    Map<CallFault, FaultPoint> points = FaultPoint.of(call);
    if (points.get(targetFault) == target && hitsTarget()) {
      return targetFault;
    }
    if (call == Call.EXECUTIONS_START && renewalIsTarget && random.nextBoolean()) {
      return CallFault.THROTTLED; // only a run that was not started is renewed
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

  private boolean hitsTarget() {
    if (targetHitsLeft == 0 || random.nextDouble() >= targetProbability) {
      return false;
    }
    targetHitsLeft--;
    coverage.hit(target);
    return true;
  }

  /**
   * Returns whether this event occurs now.
   *
   * @param weight factor on the fault rate of calls
   */
  public boolean occurs(Event event, double weight) {
    if (ended() || outagesOnly) {
      return false;
    }
    FaultPoint point = FaultPoint.of(event);
    if (event == Event.COMPARISON_EXECUTION_ENDED && resumptionIsTarget && random.nextBoolean()) {
      return true; // only then is a comparison resumed
    }
    if (point != target || !hitsTarget()) {
      if (rate == 0 || random.nextDouble() >= rate * weight) {
        return false;
      }
      coverage.hit(point);
    }
    trace.note("", "<<< " + point.name());
    return true;
  }
}
