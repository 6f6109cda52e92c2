package arena.simulation.faults;

import arena.simulation.stores.Call;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Something that can go wrong at one place: a fault of a call, or an event. */
public final class FaultPoint {
  private static final List<FaultPoint> ALL = new ArrayList<>();
  private static final Map<Call, Map<CallFault, FaultPoint>> OF_CALLS = new EnumMap<>(Call.class);
  private static final Map<Event, FaultPoint> OF_EVENTS = new EnumMap<>(Event.class);

  static {
    for (Call call : Call.values()) {
      Map<CallFault, FaultPoint> faults = new EnumMap<>(CallFault.class);
      for (CallFault fault : CallFault.values()) {
        if (call.changes() || !fault.ofChangesOnly()) {
          faults.put(fault, new FaultPoint(call.label() + ": " + fault.label()));
        }
      }
      OF_CALLS.put(call, faults);
    }
    for (Event event : Event.values()) {
      OF_EVENTS.put(event, new FaultPoint(event.label()));
    }
  }

  private final String name;
  private final int number;

  private FaultPoint(String name) {
    this.name = name;
    this.number = ALL.size();
    ALL.add(this);
  }

  /** Every one. */
  public static List<FaultPoint> all() {
    return List.copyOf(ALL);
  }

  /** What can happen to this call. */
  static Map<CallFault, FaultPoint> of(Call call) {
    return OF_CALLS.get(call);
  }

  static FaultPoint of(Event event) {
    return OF_EVENTS.get(event);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its place among all. */
  int number() {
    return number;
  }
}
