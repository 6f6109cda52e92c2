package arena.simulation.faults;

import arena.simulation.stores.Call;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A place where a fault can be injected: a fault of one call, or an event. */
public final class FaultPoint {
  private static final List<FaultPoint> ALL = new ArrayList<>();
  private static final Map<Call, Map<CallFault, FaultPoint>> BY_CALL = new EnumMap<>(Call.class);
  private static final Map<Event, FaultPoint> BY_EVENT = new EnumMap<>(Event.class);

  /**
   * Calls without faults: readers unsubscribe during an outage only where nothing else fails, and
   * no recorded run is simulated.
   */
  private static final Set<Call> WITHOUT_FAULTS =
      EnumSet.of(
          Call.CONNECTIONS_UNSUBSCRIBED_PENDING,
          Call.CONNECTIONS_END_UNSUBSCRIBED,
          Call.CATALOG_DEPARTED);

  /**
   * Calls that do not take effect twice: a transaction with a client token, which DynamoDB executes
   * once. Other transactions are repeated all the same, because they withstand it.
   */
  private static final Set<Call> ONCE = EnumSet.of(Call.CONNECTIONS_UNSUBSCRIBED);

  static {
    for (Call call : Call.values()) {
      Map<CallFault, FaultPoint> faults = new EnumMap<>(CallFault.class);
      for (CallFault fault : CallFault.values()) {
        boolean possible =
            !WITHOUT_FAULTS.contains(call)
                && (call.changes() || !fault.changesOnly())
                && (fault != CallFault.TWICE || !ONCE.contains(call));
        if (possible) {
          faults.put(fault, new FaultPoint(call.label() + ": " + fault.label()));
        }
      }
      BY_CALL.put(call, faults);
    }
    for (Event event : Event.values()) {
      BY_EVENT.put(event, new FaultPoint(event.label()));
    }
  }

  private final String name;
  private final int number;

  private FaultPoint(String name) {
    this.name = name;
    this.number = ALL.size();
    ALL.add(this);
  }

  /** All fault points. */
  public static List<FaultPoint> all() {
    return List.copyOf(ALL);
  }

  /** The faults that apply to this call. */
  static Map<CallFault, FaultPoint> of(Call call) {
    return BY_CALL.get(call);
  }

  static FaultPoint of(Event event) {
    return BY_EVENT.get(event);
  }

  public String name() {
    return name;
  }

  /** Whether it is a fault of a call or an execution of comparisons. */
  boolean ofComparisons() {
    return name.contains("comparison");
  }

  /** Index in {@link #all}. */
  int number() {
    return number;
  }
}
