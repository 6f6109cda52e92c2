package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.catalog.Catalog;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.simulation.stores.Call;
import arena.simulation.stores.InlineTaskRunner;
import arena.simulation.stores.RunFixtures;
import arena.simulation.stores.SimulatedStores;
import arena.simulation.stores.SteppingClock;
import arena.stream.ConnectionSender;
import arena.stream.Connections;
import arena.stream.TaskRunner;
import arena.stream.VirtualThreadTaskRunner;
import arena.world.Scenario;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the parts of the reaper share its time, and how many calls they make. */
class ReaperTest {
  private static final ConnectionId GONE = ConnectionId.of("gone");
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
  private static final Duration GRACE = Duration.ofMinutes(30);
  private static final RunId SILENT = RunId.of("fedcba9876543210fedcba9876543210");
  private static final RunId STRAY = RunId.of("0123456789abcdef0123456789abcdef");
  private static final int RUNS = 200;

  private final SteppingClock clock = new SteppingClock(START);
  private final SimulatedStores stores = new SimulatedStores(clock);
  private final Catalog catalog = stores.catalog;
  private final Journal journal = stores.journal;
  private final Broker broker = stores.broker;
  private final Connections connections = stores.connections;
  private final List<RunId> finalized = new ArrayList<>();
  private final Map<Call, Integer> calls = new EnumMap<>(Call.class);

  private final ReplayExecutions executions =
      new ReplayExecutions() {
        @Override
        public void start(TurnTask first) {
          throw new AssertionError("the reaper starts nothing");
        }

        @Override
        public void stop(RunId runId, String cause) {}
      };

  private final ConnectionSender sender =
      new ConnectionSender() {
        @Override
        public Result send(ConnectionId connectionId, String message) {
          throw new AssertionError("the reaper sends nothing");
        }

        @Override
        public boolean isGone(ConnectionId connectionId) {
          return connectionId.equals(GONE);
        }

        @Override
        public boolean close(ConnectionId connectionId) {
          throw new AssertionError("the reaper closes nothing");
        }
      };

  private Reaper.Report reap(Duration time, TaskRunner tasks) {
    return new Reaper(
            catalog,
            new ReapRuns(
                new ReapRuns.Stores(catalog, journal, broker, connections),
                executions,
                (runId, _) -> finalized.add(runId),
                GRACE,
                clock,
                tasks),
            new ReapOrphans(catalog, broker, stores.subscribers, connections, GRACE, clock, tasks),
            new ReapConnections(connections, stores.subscribers, sender, _ -> {}, clock),
            clock)
        .reap(clock.instant().plus(time));
  }

  private static RunId run(int number) {
    return RunId.of(String.format(Locale.ROOT, "%032x", number));
  }

  /** Creates archived runs, a silent one that is younger than they, a stray and a connection. */
  private void createWork() {
    for (int i = 1; i <= RUNS; i++) {
      begin(run(i));
      Run run = catalog.find(run(i)).orElseThrow();
      String address = stores.archive.write(run, journal.events(run(i), 1, 1_000));
      catalog.markArchived(run(i), address, stores.archive.summary(run), clock.instant());
      broker.close(run(i));
    }
    clock.advance(Duration.ofSeconds(1));
    begin(SILENT);
    broker.open(STRAY, "stray", clock.instant());
    connections.connect(GONE, Principal.LOCAL, clock.instant());
    clock.advance(GRACE);
  }

  private void begin(RunId runId) {
    RunFixtures.begin(journal, runId, 5, clock.instant());
    broker.open(runId, "label", clock.instant());
    TurnTask task = new TurnTask(runId, 0, 1, 0, 1, Profile.DEFAULT, false);
    JournalEntry entry = TurnEvents.before(task, Scenario.BALANCED.start(), clock.instant());
    journal.append(entry);
    broker.publish(runId, entry.events());
  }

  private void countCalls(Call... counted) {
    for (Call call : counted) {
      stores.network.after(call, _ -> calls.merge(call, 1, Integer::sum));
    }
  }

  private static long count(ReapReport report, ReapAction.Kind kind) {
    return report.reaped().stream().filter(action -> action.kind() == kind).count();
  }

  @Test
  void leavesTimeForOrphansAndConnectionsWhenThereAreManyRuns() {
    createWork();
    stores.network.after(Call.BROKER_DROP, _ -> clock.advance(Duration.ofSeconds(1)));
    Reaper.Report report = reap(Duration.ofSeconds(100), InlineTaskRunner.INSTANCE);
    long freed = count(report.runs(), ReapAction.Kind.FREED);
    assertTrue(freed >= 60 && freed < 90, "freed " + freed);
    assertEquals(1, count(report.orphans(), ReapAction.Kind.STRAY_DROPPED));
    assertEquals(1, count(report.connections(), ReapAction.Kind.CONNECTION_FORGOTTEN));
    assertEquals(0, report.failed());
  }

  @Test
  void endsSilentRunsBeforeItFreesArchivedOnes() {
    createWork();
    stores.network.after(Call.BROKER_DROP, _ -> clock.advance(Duration.ofSeconds(1)));
    Reaper.Report report = reap(Duration.ofSeconds(1), InlineTaskRunner.INSTANCE);
    assertEquals(RunStatus.FAILED, catalog.find(SILENT).orElseThrow().status());
    assertEquals(ReapAction.Kind.ABANDONED, report.runs().reaped().getFirst().kind());
    assertEquals(Duration.ZERO, report.longestSilence(), "no other run is running");
  }

  @Test
  void measuresTheLongestSilenceOfRunningRuns() {
    begin(SILENT);
    clock.advance(Duration.ofMinutes(7));
    begin(run(1));
    clock.advance(Duration.ofMinutes(5));
    assertEquals(
        Duration.ofMinutes(12),
        reap(Duration.ofSeconds(75), InlineTaskRunner.INSTANCE).longestSilence());
  }

  @Test
  void freesManyRunsWithFewCalls() {
    createWork();
    countCalls(
        Call.CATALOG_HELD,
        Call.CATALOG_FIND,
        Call.BROKER_PRESENCE,
        Call.CATALOG_RELEASED,
        Call.CONNECTIONS_SUBSCRIBED_RUNS,
        Call.SUBSCRIBERS_CURSORS);
    Reaper.Report report = reap(Duration.ofSeconds(75), new VirtualThreadTaskRunner());
    assertEquals(RUNS, count(report.runs(), ReapAction.Kind.FREED));
    assertEquals(0, report.failed());
    assertEquals(
        Map.of(
            Call.CATALOG_HELD,
            1,
            Call.CATALOG_FIND,
            1, // the stray
            Call.BROKER_PRESENCE,
            RUNS / Catalog.MAX_RELEASED + 1, // one by the orphans
            Call.CATALOG_RELEASED,
            RUNS / Catalog.MAX_RELEASED,
            Call.CONNECTIONS_SUBSCRIBED_RUNS,
            1,
            Call.SUBSCRIBERS_CURSORS,
            1), // of the stray
        calls);
  }

  @Test
  void endsSilentRunsAndDeletesConnectionsWhileTheBrokerIsUnavailable() {
    createWork();
    List.of(Call.BROKER_PRESENCE, Call.BROKER_DROP, Call.BROKER_RUNS).forEach(stores.network::cut);
    Reaper.Report report = reap(Duration.ofSeconds(75), InlineTaskRunner.INSTANCE);
    assertEquals(List.of(SILENT), finalized);
    assertEquals(RunStatus.FAILED, catalog.find(SILENT).orElseThrow().status());
    assertEquals(1, count(report.connections(), ReapAction.Kind.CONNECTION_FORGOTTEN));
    assertEquals(
        Catalog.MAX_RELEASED + 1,
        report.failed(),
        "stops after one batch of which every run failed; and the orphans");

    List.of(Call.BROKER_PRESENCE, Call.BROKER_DROP, Call.BROKER_RUNS)
        .forEach(stores.network::restore);
    assertEquals(
        RUNS,
        count(
            reap(Duration.ofSeconds(75), InlineTaskRunner.INSTANCE).runs(), ReapAction.Kind.FREED));
  }

  @Test
  void freesOldRunsWhenSubscriptionsCannotBeRead() {
    createWork();
    stores.network.cut(Call.CONNECTIONS_SUBSCRIBED_RUNS);
    Reaper.Report report = reap(Duration.ofSeconds(75), InlineTaskRunner.INSTANCE);
    assertEquals(0, count(report.runs(), ReapAction.Kind.FREED));
    assertEquals(1, count(report.runs(), ReapAction.Kind.ABANDONED));
    assertEquals(1, report.failed());
    clock.advance(GRACE.multipliedBy(3));
    assertEquals(
        RUNS,
        count(
            reap(Duration.ofSeconds(75), InlineTaskRunner.INSTANCE).runs(), ReapAction.Kind.FREED));
  }
}
