package arena.simulation;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.http.CreateRoutes;
import arena.http.IdempotentRequests;
import arena.http.Router;
import arena.idempotency.Idempotency;
import arena.journal.Journal;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.FinalizeRun;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.lifecycle.ReapConnections;
import arena.lifecycle.ReapOrphans;
import arena.lifecycle.ReapRuns;
import arena.lifecycle.RunQueries;
import arena.lifecycle.StartRun;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.metrics.Metrics;
import arena.run.Failure;
import arena.simulation.clients.HttpClientApi;
import arena.simulation.clients.Operator;
import arena.simulation.clients.PollingClient;
import arena.simulation.clients.RunCreator;
import arena.simulation.clients.ViewerClient;
import arena.simulation.cloud.AsyncInvocations;
import arena.simulation.cloud.Executions;
import arena.simulation.cloud.Function;
import arena.simulation.cloud.Lambda;
import arena.simulation.cloud.ReplayDefinition;
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
import arena.stream.FanOut;
import arena.stream.Subscriptions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** The whole product and those who use it, over one stretch of time, from one seed. */
public final class Simulation {
  private static final long SECOND = 1_000_000;
  private static final long MINUTE = 60 * SECOND;

  /** How long after the last fault everything is to have come to its end. */
  private static final long SETTLES_WITHIN = 210 * MINUTE;

  /** What every key of the broker's lives at most without being used, and a little more. */
  private static final long A_DAY = 25 * 60 * MINUTE;

  private static final long REAP_EVERY = 15 * MINUTE;
  private static final int[] BUFFERS = {6, 25, 10_000};
  private static final int MOST_PLAYERS = 2;
  private static final int MOST_FORKS = 2;
  private static final int MOST_READERS = 3;

  private final Random random;
  private final Scheduler scheduler = new Scheduler();
  private final FaultInjector weather;
  private final Trace trace;
  private final FaultyNetwork wire;
  private final Facts facts;
  private final Invariants promises;
  private final Lambda lambda;
  private final InstantSource clock;

  private final SimulatedRedis redis;
  private final WebSockets gateway;
  private final HttpClientApi api;
  private final Subscriptions subscriptions;
  private final PlayTurn playTurn;
  private final FinalizeRun finalizeRun;
  private final ReapRuns reapRuns;
  private final ReapOrphans reapStrays;
  private final ReapConnections reapConnections;
  private final FanOut fanOut;

  private final List<String> runs = new ArrayList<>();
  private long brokerAhead;
  private int ids;
  private final List<RunCreator> players = new ArrayList<>();
  private int playersLeft;
  private PollingClient visitor;

  /**
   * A simulation.
   *
   * @param lines gets the trace; null if nobody wants it
   */
  public Simulation(ReplayDefinition definition, long seed, Consumer<String> lines) {
    random = new Random(seed);
    // Neighbouring seeds begin alike.
    random.nextInt();
    trace = new Trace(scheduler, lines);
    weather = new FaultInjector(random, scheduler, trace);
    wire = new FaultyNetwork(scheduler, weather, random, trace);
    facts = new Facts(scheduler, wire);
    promises = new Invariants(facts);
    lambda = new Lambda(scheduler, weather, random, trace, promises.names()::left);
    clock = () -> scheduler.instant(scheduler.current().life().skew());
    InstantSource trueClock = () -> scheduler.instant(0);

    SimulatedTables tables = new SimulatedTables(trueClock, wire, promises);
    SimulatedBucket bucket = new SimulatedBucket();
    redis =
        new SimulatedRedis(
            () -> scheduler.instant(brokerAhead),
            wire,
            promises,
            BUFFERS[random.nextInt(BUFFERS.length)]);
    facts.about(tables, redis, bucket);
    Catalog catalog = new SimulatedCatalog(tables);
    Journal journal = new SimulatedJournal(tables);
    SimulatedArchive archive = new SimulatedArchive(bucket, wire, promises);
    Broker broker = new SimulatedBroker(redis);
    Subscribers subscribers = new SimulatedSubscribers(redis);
    SimulatedConnections connections = new SimulatedConnections(trueClock, wire);
    SimulatedTaskRunner threads = new SimulatedTaskRunner(scheduler);

    gateway = new WebSockets(scheduler, wire, weather, random, trace, lambda);
    AsyncInvocations background =
        new AsyncInvocations(wire, lambda, this::fanOut, this::finalizeRun);
    Executions executions =
        new Executions(definition, new Tasks(), lambda, scheduler, wire, weather, random, trace);
    EventReader source = new EventReader(broker, journal, () -> archive);
    Publisher publisher = new Publisher(broker, journal, catalog, background);
    StartRun begin = new StartRun(catalog, journal, broker, executions, clock);
    playTurn =
        new PlayTurn(
            journal,
            publisher,
            new SimulatedModel(wire, weather, random, promises::modelAsked),
            clock,
            Metrics.NONE);
    finalizeRun = new FinalizeRun(catalog, journal, archive, broker, publisher, background, clock);
    reapRuns =
        new ReapRuns(
            catalog, broker, subscribers, connections, executions, background, Facts.GRACE, clock);
    reapStrays = new ReapOrphans(catalog, broker, subscribers, connections, Facts.GRACE, clock);
    reapConnections = new ReapConnections(connections, subscribers, gateway, clock);
    fanOut =
        new FanOut(
            subscribers,
            broker,
            catalog,
            source,
            connections,
            gateway,
            background,
            event -> "https://bucket/" + event.seq(),
            clock,
            threads);
    subscriptions =
        new Subscriptions(connections, subscribers, catalog, background, gateway, clock, threads);
    gateway.routeTo(subscriptions);
    Idempotency idempotency = new SimulatedIdempotency(clock, wire);
    api =
        new HttpClientApi(
            lambda,
            creations(
                new IdempotentRequests(() -> idempotency, this::newId),
                new CreateRun(begin, clock),
                new CreateFork(catalog, source, begin, clock),
                archive),
            new RunQueries(catalog, source, journal, () -> archive, broker),
            promises.keys());
  }

  // ---- what the functions' handlers do

  private final class Tasks implements Executions.Tasks {
    @Override
    public String playTurn(String json) {
      TurnTask task = TurnTaskCodec.read(json);
      promises.questions().attempts(task);
      return TurnTaskCodec.write(playTurn.play(task));
    }

    @Override
    public void finalizeRun(String runId, Optional<Failure> failure) {
      Simulation.this.finalizeRun(runId, failure);
    }
  }

  private Router creations(
      IdempotentRequests once,
      CreateRun createRun,
      CreateFork createFork,
      SimulatedArchive archive) {
    CreateRoutes.Recording recording = (_, _, begin) -> begin.get();
    return new Router(
        Map.of(
            HttpClientApi.Creation.RUN.route(),
            CreateRoutes.runs(once, recording, createRun::create),
            HttpClientApi.Creation.FORK.route(),
            CreateRoutes.forks(once, recording, createFork::create, archive::address)),
        this::failed);
  }

  private void failed(RuntimeException e) {
    trace.note(scheduler.current().name(), "fails: " + e);
    promises.names().left(e);
  }

  private void finalizeRun(String runId, Optional<Failure> failure) {
    finalizeRun.finalizeRun(runId, failure);
  }

  private void fanOut(String runId) {
    fanOut.serve(runId, deadline(Function.STREAM_EVENTS, 30));
  }

  private Instant deadline(Function function, int marginSeconds) {
    return clock.instant().plusNanos(function.timeout() * 1_000).minusSeconds(marginSeconds);
  }

  private String newId() {
    return String.format(Locale.ROOT, "%032x", ++ids);
  }

  // ---- the course of things

  /** How it went. */
  public record Result(long steps, long sum, Coverage coverage) {}

  /**
   * Runs it to its end.
   *
   * @throws Throwable the broken promise, or what else ended it early
   */
  public Result run() throws Throwable {
    playersLeft = 1 + random.nextInt(MOST_PLAYERS);
    for (int i = playersLeft; i > 0; i--) {
      RunCreator player =
          new RunCreator(
              scheduler,
              api,
              weather,
              random,
              this::newId,
              this::began,
              random.nextInt(MOST_FORKS + 1));
      players.add(player);
      scheduler.start(
          "player-" + i,
          () -> {
            player.run();
            playersLeft--;
          });
    }
    scheduler.start(
        "operator",
        new Operator(
            scheduler,
            weather,
            random,
            trace,
            wire,
            redis,
            promises,
            by -> brokerAhead += by,
            () -> runs));
    visitor = new PollingClient(scheduler, api, weather, random, promises.truth(), () -> runs);
    scheduler.start("visitor", visitor);
    scheduler.start("schedule", this::schedule);
    scheduler.start("end", this::awaitEnd);
    scheduler.run();
    return new Result(wire.steps(), trace.sum(), weather.coverage());
  }

  /** A run is there: it finds its readers. */
  private void began(String runId) {
    runs.add(runId);
    for (int i = random.nextInt(MOST_READERS + 1); i > 0; i--) {
      String name = String.format(Locale.ROOT, "reader-%d-of-%s", i, runId.substring(28));
      ViewerClient reader = new ViewerClient(scheduler, gateway, api, weather, random);
      for (String other : runs) {
        if (other.equals(runId) || random.nextInt(3) == 0) {
          reader.reads(other, promises.readers().begins(name, other, 0));
        }
      }
      long delay = random.nextBoolean() ? random.nextLong(SECOND) : random.nextLong(10 * MINUTE);
      scheduler.at(scheduler.now() + delay, () -> scheduler.start(name, reader));
    }
  }

  private void schedule() {
    scheduler.sleep(random.nextLong(REAP_EVERY));
    while (true) {
      reap();
      if (weather.has(Event.TWO_REAPERS, 10)) {
        reap();
      }
      scheduler.sleep(REAP_EVERY);
    }
  }

  private void reap() {
    lambda.event(
        Function.REAP_RUNS,
        () -> {
          Instant deadline = deadline(Function.REAP_RUNS, 45);
          reapRuns.reap(deadline);
          reapStrays.reap(deadline);
          reapConnections.reap(deadline);
          return "";
        });
  }

  private void awaitEnd() {
    long end = weather.calmAt() + SETTLES_WITHIN;
    while (scheduler.now() < end && !isSettled()) {
      scheduler.sleep(MINUTE);
    }
    promises.atEnd();
    runs.forEach(runId -> visitor.readAll(runId, 1));
    players.forEach(RunCreator::askAgain);
    brokerAhead += A_DAY;
    promises.aDayLater();
    scheduler.stop();
  }

  private boolean isSettled() {
    return playersLeft == 0 && promises.readers().areOver() && facts.areRunsFreed();
  }
}
