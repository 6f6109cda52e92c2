package arena.simulation;

import arena.access.ActiveTokens;
import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.http.CreateRoutes;
import arena.http.IdempotentRequests;
import arena.http.Router;
import arena.idempotency.Idempotency;
import arena.journal.Journal;
import arena.lifecycle.CloseRun;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.FinalizeRun;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.lifecycle.ReapConnections;
import arena.lifecycle.ReapOrphans;
import arena.lifecycle.ReapRuns;
import arena.lifecycle.Reaper;
import arena.lifecycle.RecordedTurns;
import arena.lifecycle.RunQueries;
import arena.lifecycle.StartRun;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.metrics.Metrics;
import arena.run.Failure;
import arena.run.RunId;
import arena.simulation.clients.HttpClientApi;
import arena.simulation.clients.Operator;
import arena.simulation.clients.PollingClient;
import arena.simulation.clients.RunCreator;
import arena.simulation.clients.ViewerClient;
import arena.simulation.cloud.AsyncInvocations;
import arena.simulation.cloud.Definitions;
import arena.simulation.cloud.Executions;
import arena.simulation.cloud.Function;
import arena.simulation.cloud.Lambda;
import arena.simulation.cloud.SimulatedModel;
import arena.simulation.cloud.WebSockets;
import arena.simulation.faults.Coverage;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.invariants.Facts;
import arena.simulation.invariants.Invariants;
import arena.simulation.scheduler.Scheduler;
import arena.simulation.scheduler.SimulatedTaskRunner;
import arena.simulation.stores.SimulatedAccess;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBroker;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.SimulatedIdempotency;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import arena.simulation.stores.SimulatedTables;
import arena.source.EventReader;
import arena.stream.BrokerRecovery;
import arena.stream.ConnectionAccess;
import arena.stream.FanOut;
import arena.stream.FanOutTask;
import arena.stream.Subscriptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** One simulated run of the product and its clients, determined by a seed. */
public final class Simulation {
  private static final long SECOND = 1_000_000;
  private static final long MINUTE = 60 * SECOND;

  /** Time after the last fault within which every run must have ended and been freed. */
  private static final long SETTLE_TIME = 210 * MINUTE;

  /** The same with comparisons: the reaper gives up a comparison after 20 executions. */
  private static final long SETTLE_TIME_OF_COMPARISONS = 48 * 60 * MINUTE;

  /** Longer than the expiry of every broker key that is not used. */
  private static final long MAX_KEY_TTL = 25 * 60 * MINUTE;

  private static final long REAP_INTERVAL = 15 * MINUTE;

  /** Time for the last call of a turn's model before the reaper may end its run. */
  private static final Duration LAST_CALL = Duration.ofMinutes(2);

  private static final int[] BUFFER_SIZES = {6, 25, 10_000};
  private static final int MAX_CREATORS = 2;
  private static final int MAX_FORKS = 2;
  private static final int MAX_VIEWERS = 3;

  private final Random random;
  private final Scheduler scheduler = new Scheduler();
  private final FaultInjector faults;
  private final Trace trace;
  private final FaultyNetwork network;
  private final Facts facts;
  private final Invariants invariants;
  private final Lambda lambda;
  private final InstantSource clock;

  private final SimulatedRedis redis;
  private final WebSockets gateway;
  private final HttpClientApi api;
  private final Subscriptions subscriptions;
  private final PlayTurn playTurn;
  private final FinalizeRun finalizeRun;
  private final CloseRun closeRun;
  private final Reaper reaper;
  private final FanOut fanOut;
  private final BrokerRecovery recovery;
  private final ComparisonScenario comparisons;

  private final List<RunId> runs = new ArrayList<>();
  private long brokerClockOffset;
  private int ids;
  private final List<RunCreator> creators = new ArrayList<>();
  private int activeCreators;
  private PollingClient poller;

  /**
   * Creates a simulation.
   *
   * @param lines receives the trace; null for no trace
   */
  public Simulation(Definitions definitions, long seed, Consumer<String> lines) {
    random = new Random(seed);
    // The first values of neighbouring seeds are correlated.
    random.nextInt();
    trace = new Trace(scheduler, lines);
    faults = new FaultInjector(random, scheduler, trace);
    network = new FaultyNetwork(scheduler, faults, random, trace);
    facts = new Facts(scheduler, network);
    invariants = new Invariants(facts);
    lambda = new Lambda(scheduler, faults, random, trace, invariants.failures()::thrown);
    clock = () -> scheduler.instant(scheduler.current().sandbox().skew());
    InstantSource trueClock = () -> scheduler.instant(0);

    SimulatedTables tables = new SimulatedTables(trueClock, network, invariants);
    SimulatedBucket bucket = new SimulatedBucket();
    redis =
        new SimulatedRedis(
            () -> scheduler.instant(brokerClockOffset),
            network,
            invariants,
            BUFFER_SIZES[random.nextInt(BUFFER_SIZES.length)]);
    facts.setStores(tables, redis, bucket);
    Catalog catalog = new SimulatedCatalog(tables);
    Journal journal = new SimulatedJournal(tables);
    SimulatedArchive archive = new SimulatedArchive(bucket, network, invariants);
    Broker broker = new SimulatedBroker(redis);
    Subscribers subscribers = new SimulatedSubscribers(redis);
    SimulatedConnections connections = new SimulatedConnections(trueClock, network);
    SimulatedTaskRunner taskRunner = new SimulatedTaskRunner(scheduler);

    gateway = new WebSockets(scheduler, network, faults, random, trace, lambda);
    AsyncInvocations asyncInvocations =
        new AsyncInvocations(network, lambda, clock, this::fanOut, this::recover);
    Executions executions =
        new Executions(definitions, new Tasks(), lambda, scheduler, network, faults, random, trace);
    EventReader eventReader = new EventReader(broker, journal, () -> archive);
    Publisher publisher =
        new Publisher(broker, journal, catalog, asyncInvocations, clock, Metrics.NONE);
    StartRun startRun = new StartRun(catalog, journal, broker, executions, clock);
    playTurn =
        new PlayTurn(
            journal,
            publisher,
            new SimulatedModel(network, faults, random, invariants::modelCalled),
            new RecordedTurns(catalog, eventReader),
            Facts.GRACE.minus(LAST_CALL),
            clock,
            taskRunner,
            Metrics.NONE);
    finalizeRun = new FinalizeRun(catalog, journal, archive, clock, Metrics.NONE);
    closeRun = new CloseRun(catalog, broker, asyncInvocations);
    reaper =
        new Reaper(
            catalog,
            new ReapRuns(
                new ReapRuns.Stores(catalog, journal, broker, connections),
                executions,
                executions,
                Facts.GRACE,
                clock,
                taskRunner),
            new ReapOrphans(
                catalog, broker, subscribers, connections, Facts.GRACE, clock, taskRunner),
            new ReapConnections(connections, subscribers, gateway, asyncInvocations, clock),
            clock);
    ConnectionAccess access =
        new ConnectionAccess(connections, new ActiveTokens(new SimulatedAccess(), clock));
    fanOut =
        new FanOut(
            new FanOut.Stores(subscribers, broker, catalog, eventReader, connections, access),
            gateway,
            asyncInvocations,
            event -> "https://bucket/" + event.seq(),
            clock,
            taskRunner,
            Metrics.NONE);
    recovery = new BrokerRecovery(connections, subscribers, asyncInvocations, clock, taskRunner);
    subscriptions =
        new Subscriptions(
            connections,
            access,
            subscribers,
            catalog,
            asyncInvocations,
            gateway,
            clock,
            taskRunner);
    gateway.routeTo(
        subscriptions,
        id -> connections.subscriptions(id).stream().anyMatch(run -> !facts.row(run).archived()));
    CreateRun createRun = new CreateRun(startRun, clock);
    CreateFork createFork = new CreateFork(catalog, eventReader, startRun, clock);
    comparisons =
        new ComparisonScenario(
            new ComparisonScenario.Cloud(
                definitions, lambda, scheduler, network, faults, random, trace),
            new ComparisonScenario.Runs(catalog, journal, executions, createRun, createFork),
            facts,
            invariants,
            clock);
    Idempotency idempotency = new SimulatedIdempotency(clock, network);
    api =
        new HttpClientApi(
            lambda,
            router(
                new IdempotentRequests(() -> idempotency, this::newId),
                createRun,
                createFork,
                archive),
            new RunQueries(catalog, eventReader, journal, () -> archive),
            comparisons.queries(),
            invariants.idempotencyKeys());
  }

  // ---- function handlers

  private final class Tasks implements Executions.Tasks {
    @Override
    public String playTurn(String json) {
      TurnTask task = TurnTaskCodec.read(json);
      invariants.attemptStarts(task);
      return TurnTaskCodec.write(playTurn.play(task));
    }

    @Override
    public void finalizeRun(RunId runId, Optional<Failure> failure) {
      finalizeRun.finalizeRun(runId, failure);
    }

    @Override
    public void closeRun(RunId runId) {
      closeRun.close(runId);
    }
  }

  private Router router(
      IdempotentRequests idempotentRequests,
      CreateRun createRun,
      CreateFork createFork,
      SimulatedArchive archive) {
    CreateRoutes.Recording recording = (_, _, startRun) -> startRun.get();
    Map<String, Router.Route> routes = new HashMap<>(comparisons.routes(idempotentRequests));
    routes.put(
        HttpClientApi.Creation.RUN.route(),
        CreateRoutes.runs(idempotentRequests, recording, createRun::create));
    routes.put(
        HttpClientApi.Creation.FORK.route(),
        CreateRoutes.forks(idempotentRequests, recording, createFork::create, archive::address));
    return new Router(routes, this::failed);
  }

  private void failed(RuntimeException e) {
    trace.note(scheduler.current().name(), "failed: " + e);
    invariants.failures().thrown(e);
  }

  private void fanOut(RunId runId, Instant wokenAt, boolean pending) {
    fanOut.serve(new FanOutTask(runId, wokenAt, deadline(Function.STREAM_EVENTS, 30), pending));
  }

  private void recover() {
    recovery.recover(deadline(Function.STREAM_EVENTS, 30));
  }

  private Instant deadline(Function function, int marginSeconds) {
    return clock.instant().plusNanos(function.timeout() * 1_000).minusSeconds(marginSeconds);
  }

  private RunId newId() {
    return RunId.of(String.format(Locale.ROOT, "%032x", ++ids));
  }

  // ---- course of the simulation

  /** The result of a simulation that violated no invariant. */
  public record Result(long steps, long checksum, Coverage coverage) {}

  /**
   * Runs the simulation to its end.
   *
   * @throws Throwable the violated invariant, or the error that ended the simulation early
   */
  public Result run() throws Throwable {
    activeCreators = 1 + random.nextInt(MAX_CREATORS);
    for (int i = activeCreators; i > 0; i--) {
      RunCreator creator =
          new RunCreator(
              scheduler,
              api,
              faults,
              random,
              () -> newId().value(),
              this::startViewers,
              random.nextInt(MAX_FORKS + 1));
      creators.add(creator);
      scheduler.start(
          "creator-" + i,
          () -> {
            creator.run();
            activeCreators--;
          });
    }
    scheduler.start(
        "operator",
        new Operator(
            scheduler,
            faults,
            random,
            trace,
            network,
            redis,
            invariants,
            by -> brokerClockOffset += by,
            () -> runs));
    poller = new PollingClient(scheduler, api, faults, random, invariants.reads(), () -> runs);
    scheduler.start("poller", poller);
    comparisons.startClients(api, () -> newId().value(), () -> runs);
    scheduler.start("schedule", this::schedule);
    scheduler.start("end", this::awaitEnd);
    scheduler.run();
    return new Result(network.steps(), trace.checksum(), faults.coverage());
  }

  /** Starts viewers of a new run. */
  private void startViewers(RunId runId) {
    runs.add(runId);
    long delay = random.nextLong(10 * MINUTE);
    for (int i = random.nextInt(MAX_VIEWERS + 1); i > 0; i--) {
      String name = String.format(Locale.ROOT, "viewer-%d-of-%s", i, runId.value().substring(28));
      ViewerClient viewer = new ViewerClient(scheduler, gateway, api, faults, random);
      for (RunId other : runs) {
        if (other.equals(runId) || random.nextInt(3) == 0) {
          viewer.addRun(other, invariants.readers().subscribe(name, other, 0));
        }
      }
      delay =
          switch (random.nextInt(4)) {
            case 0 -> delay + random.nextLong(SECOND / 20); // with another one, as a crowd comes
            case 1 -> random.nextLong(10 * MINUTE);
            default -> random.nextLong(SECOND);
          };
      scheduler.at(scheduler.now() + delay, () -> scheduler.start(name, viewer));
    }
  }

  private void schedule() {
    scheduler.sleep(random.nextLong(REAP_INTERVAL));
    while (true) {
      reap();
      if (faults.occurs(Event.TWO_REAPERS, 10)) {
        reap();
      }
      scheduler.sleep(REAP_INTERVAL);
    }
  }

  private void reap() {
    lambda.invokeAsync(
        Function.REAP_RUNS,
        () -> {
          Instant deadline = deadline(Function.REAP_RUNS, 45);
          comparisons.resume(deadline);
          reaper.reap(deadline);
          return "";
        });
  }

  private void awaitEnd() {
    long end = faults.endAt() + (comparisons.played() ? SETTLE_TIME_OF_COMPARISONS : SETTLE_TIME);
    while (scheduler.now() < end && !isSettled()) {
      scheduler.sleep(MINUTE);
    }
    invariants.atEnd();
    runs.forEach(runId -> poller.readAll(runId, 1));
    creators.forEach(RunCreator::repeatAnswered);
    brokerClockOffset += MAX_KEY_TTL;
    invariants.afterOneIdleDay();
    scheduler.stop();
  }

  private boolean isSettled() {
    return activeCreators == 0
        && comparisons.isSettled()
        && invariants.readers().allDone()
        && facts.areRunsFreed();
  }
}
