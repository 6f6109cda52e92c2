package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.lifecycle.FinalizeRequest;
import arena.lifecycle.TurnTask;
import arena.lifecycle.TurnTaskCodec;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.RunId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The deployed state machine with scripted functions. */
class ReplayTest {
  private static final String RUN = "0123456789abcdef0123456789abcdef";

  /** An answer of finalize-run. */
  private static final String ARCHIVED = "{\"run_id\":\"%s\"}".formatted(RUN);

  private static final String UNAVAILABLE = DependencyUnavailable.class.getName();

  @TempDir Path folder;
  private StatesFixture states;

  @BeforeEach
  void start() throws IOException {
    states = new StatesFixture(folder, ReplayDefinition.text(), StatesFixture.LONGEST);
  }

  @AfterEach
  void stop() {
    states.close();
  }

  private static String turn(int left, boolean done) {
    return String.format(
        Locale.ROOT,
        """
        {"run_id":"%s","t":%d,"seq":%d,"position":%d,"turns_left":%d,\
        "profile":{"name":"a","model":"scripted","temperature":0.5,"prompt_variant":"bare"},"done":%s}""",
        RUN,
        3 - left,
        10 - left,
        3 - left,
        left,
        done);
  }

  private String play() {
    String arn = states.begin(RUN, turn(2, false));
    states.clock.advance(Duration.ofHours(1));
    return arn;
  }

  @Test
  void playsTurnByTurnUntilDoneThenFinalizes() {
    states
        .functions
        .answers(turn(1, false))
        .answers(turn(0, false))
        .answers(turn(0, true))
        .answers("{\"run_id\":\"%s\",\"db_path\":\"s3://arena/runs/x\"}".formatted(RUN))
        .answers("{}");

    String arn = play();

    assertEquals("SUCCEEDED", states.status(arn));
    List<ScriptedFunctions.Call> calls = states.functions.calls();
    assertEquals(
        List.of(
            ReplayDefinition.REPLAY_TURN,
            ReplayDefinition.REPLAY_TURN,
            ReplayDefinition.REPLAY_TURN,
            ReplayDefinition.FINALIZE_RUN,
            ReplayDefinition.FINALIZE_RUN),
        calls.stream().map(ScriptedFunctions.Call::function).toList());
    assertEquals(Json.readOwn(turn(2, false)), calls.get(0).payload());
    assertEquals(Json.readOwn(turn(1, false)), calls.get(1).payload());
    assertEquals(Json.readOwn(turn(0, false)), calls.get(2).payload());
    assertEquals(Map.of("run_id", RUN, "status", "complete"), calls.get(3).payload());
    assertEquals(Map.of("run_id", RUN, "close", true), calls.get(4).payload());
    assertEquals(
        "{\"run_id\":\"%s\",\"db_path\":\"s3://arena/runs/x\"}".formatted(RUN),
        states.describe(arn).get("output"));
    List<String> oneTurn =
        List.of(
            "TaskStateEntered",
            "TaskScheduled",
            "TaskStarted",
            "TaskSucceeded",
            "TaskStateExited",
            "ChoiceStateEntered",
            "ChoiceStateExited");
    List<String> types = states.types(arn);
    assertEquals("ExecutionStarted", types.getFirst());
    List<String> choice = oneTurn.subList(5, 7);
    assertEquals(choice, types.subList(1, 3));
    assertEquals(oneTurn, types.subList(3, 10));
    assertEquals(oneTurn, types.subList(10, 17));
    assertEquals(oneTurn, types.subList(17, 24));
    assertEquals(oneTurn.subList(0, 5), types.subList(24, 29));
    assertEquals(oneTurn, types.subList(29, 36));
    assertEquals(
        List.of("SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"),
        types.subList(36, types.size()));
  }

  @ParameterizedTest
  @CsvSource({
    "arena.agent.ModelThrottled, 8, 2, 60",
    "arena.agent.ModelOverloaded, 8, 2, 60",
    "arena.agent.ModelTimedOut, 3, 2, 30",
    "arena.agent.ModelUnreachable, 3, 2, 30",
    "arena.agent.ModelMalformed, 2, 1, 5",
    "arena.error.DependencyUnavailable, 6, 2, 30",
    "Sandbox.Timedout, 2, 1, 30",
    "java.lang.IllegalStateException, 2, 1, 10",
  })
  void retriesTransientErrorsWithDoublingDelays(
      String error, int attempts, int interval, int longest) {
    states
        .functions
        .throwing(error, "not now", attempts)
        .answers(turn(0, true))
        .answers(ARCHIVED)
        .answers("{}");

    String arn = play();

    assertEquals("SUCCEEDED", states.status(arn));
    List<Duration> delays = states.delays(arn);
    assertEquals(attempts, delays.size());
    Duration most = Duration.ofSeconds(longest);
    for (int i = 0; i < attempts; i++) {
      Duration longer = Duration.ofSeconds(interval).multipliedBy(1L << i);
      Duration expected = longer.compareTo(most) < 0 ? longer : most;
      assertTrue(
          delays.get(i).minus(expected).abs().compareTo(Duration.ofMillis(2)) < 0,
          delays.toString());
    }
    for (ScriptedFunctions.Call call : states.functions.calls().subList(0, attempts + 1)) {
      assertEquals(Json.readOwn(turn(2, false)), call.payload(), "each attempt gets the same");
    }
  }

  @Test
  void drawsRandomDelaysUpToThoseOfTheDefinition() throws IOException {
    states.close();
    states = new StatesFixture(folder, ReplayDefinition.text());
    states.functions.throwing("arena.agent.ModelThrottled", "slow down", 8);
    states.functions.answers(turn(0, true)).answers(ARCHIVED).answers("{}");

    String arn = play();

    List<Duration> delays = states.delays(arn);
    List<Integer> most = List.of(2, 4, 8, 16, 32, 60, 60, 60);
    int shortened = 0;
    for (int i = 0; i < 8; i++) {
      Duration longest = Duration.ofSeconds(most.get(i));
      assertTrue(delays.get(i).compareTo(longest) <= 0, delays.toString());
      shortened += delays.get(i).compareTo(longest) < 0 ? 1 : 0;
    }
    assertTrue(shortened > 0, "eight draws that are all the longest: " + delays);
  }

  @ParameterizedTest
  @CsvSource({
    "TooManyRequestsException, 8",
    "SnapStartNotReadyException, 8",
    "SnapStartTimeoutException, 3",
    "ServiceException, 3",
    "Unknown, 3"
  })
  void retriesWhenLambdaDidNotRunTheFunction(String error, int attempts) {
    states
        .functions
        .refuses(error, attempts)
        .answers(turn(0, true))
        .answers(ARCHIVED)
        .answers("{}");

    String arn = play();

    assertEquals("SUCCEEDED", states.status(arn));
    assertEquals(attempts, states.delays(arn).size());
  }

  @ParameterizedTest
  @CsvSource({
    "arena.agent.ModelRefused, ModelRefused",
    "arena.run.RunNotRunning, RunNotRunning",
    "arena.run.UnknownRun, UnknownRun",
  })
  void finalizesPermanentErrorsWithoutARetry(String error, String code) {
    states
        .functions
        .throwing(error, "said \"no\"\nand meant it: ü😀")
        .answers(ARCHIVED)
        .answers("{}");

    String arn = play();

    assertEquals(3, states.functions.calls().size());
    ScriptedFunctions.Call finalize = states.functions.calls().get(1);
    assertEquals(ReplayDefinition.FINALIZE_RUN, finalize.function());
    assertEquals(
        Map.of(
            "run_id",
            RUN,
            "status",
            "failed",
            "error",
            Map.of("code", code, "message", "said \"no\"\nand meant it: ü😀")),
        finalize.payload());
    Map<?, ?> described = states.describe(arn);
    assertEquals("FAILED", described.get("status"));
    assertEquals(code, described.get("error"));
    assertEquals("said \"no\"\nand meant it: ü😀", described.get("cause"));
    assertEquals(StatesFixture.BEGIN, states.history(arn).getLast().at());
  }

  @Test
  void finalizesWhenTheRetriesAreExhausted() {
    states
        .functions
        .throwing("arena.agent.ModelThrottled", "slow down", 9)
        .answers(ARCHIVED)
        .answers("{}");

    String arn = play();

    assertEquals(0, states.functions.remaining());
    assertEquals("FAILED", states.status(arn));
    assertEquals("ModelThrottled", states.describe(arn).get("error"));
  }

  @ParameterizedTest
  @EnumSource
  void namesTheUnavailableDependency(Dependency dependency) {
    String reason = "no answer: said \"no\"\nand meant it: ü😀";
    RuntimeException thrown = dependency.unavailable(reason, null);
    states.functions.throwing(UNAVAILABLE, thrown.getMessage(), 7).answers(ARCHIVED).answers("{}");

    String arn = play();

    assertEquals(Map.of("code", dependency.errorKind().code(), "message", reason), error());
    assertEquals(dependency.errorKind().code(), states.describe(arn).get("error"));
  }

  @Test
  void countsTheRetriesOfEachTurnSeparately() {
    states
        .functions
        .throwing("arena.agent.ModelThrottled", "slow down", 8)
        .answers(turn(1, false))
        .throwing("arena.agent.ModelThrottled", "slow down", 8)
        .answers(turn(0, true))
        .answers(ARCHIVED)
        .answers("{}");

    String arn = play();

    assertEquals("SUCCEEDED", states.status(arn));
    assertEquals(16, states.delays(arn).size());
  }

  @Test
  void truncatesALongMessage() {
    states
        .functions
        .throwing("arena.agent.ModelRefused", "\"x".repeat(20_000))
        .answers(ARCHIVED)
        .answers("{}");

    play();

    assertEquals("\"x".repeat(500), error().get("message"));
  }

  @Test
  void passesOnTheMessageOfAServiceError() {
    states.functions.refuses("ResourceNotFoundException", 3).answers(ARCHIVED).answers("{}");

    play();

    assertEquals(Map.of("code", "ResourceNotFoundException", "message", "Rate Exceeded"), error());
  }

  private Map<?, ?> error() {
    List<ScriptedFunctions.Call> calls = states.functions.calls();
    Map<?, ?> payload = (Map<?, ?>) calls.get(calls.size() - 2).payload();
    return (Map<?, ?>) payload.get("error");
  }

  @Test
  void retriesATurnThatTimesOutTwice() {
    ScriptedFunctions.Script hang =
        _ -> {
          states.clock.advance(Duration.ofSeconds(121));
          return new TaskInvoker.Success(turn(0, true)); // after the timeout
        };
    states.functions.then(hang).then(hang).then(hang).answers(ARCHIVED).answers("{}");

    String arn = play();

    List<StatesFixture.Seen> timeouts =
        states.history(arn).stream().filter(e -> e.type().equals("TaskTimedOut")).toList();
    assertEquals(3, timeouts.size());
    assertEquals("States.Timeout", timeouts.getFirst().details().get("error"));
    assertEquals(StatesFixture.BEGIN.plusSeconds(120), timeouts.getFirst().at());
    assertEquals(Duration.ofMinutes(2), states.functions.calls().getFirst().timeout());
    assertEquals(Map.of("code", "Timeout", "message", "a turn ended with States.Timeout"), error());
    assertEquals("FAILED", states.status(arn));
  }

  @Test
  void sendsPayloadsThatTheFunctionsParse() {
    TurnTask first = new TurnTask(RunId.of(RUN), 3, 17, 5, 0, Profile.DEFAULT, false);
    TurnTask done = new TurnTask(RunId.of(RUN), 3, 18, 5, 0, Profile.DEFAULT, true);
    states.functions.answers(TurnTaskCodec.write(done)).answers(ARCHIVED).answers("{}");
    states.begin(RUN, TurnTaskCodec.write(first));
    states.clock.advance(Duration.ofHours(1));
    states.functions.throwing("arena.agent.ModelRefused", "no").answers(ARCHIVED).answers("{}");
    states.begin("another", TurnTaskCodec.write(first));
    states.clock.advance(Duration.ofHours(1));

    List<String> payloads =
        states.functions.calls().stream().map(call -> Json.write(call.payload())).toList();
    assertEquals(first, TurnTaskCodec.read(payloads.get(0)));
    assertEquals(
        new FinalizeRequest.Archive(RunId.of(RUN), Optional.empty()),
        FinalizeRequest.read(payloads.get(1)));
    assertEquals(new FinalizeRequest.Close(RunId.of(RUN)), FinalizeRequest.read(payloads.get(2)));
    assertEquals(
        new FinalizeRequest.Archive(RunId.of(RUN), Optional.of(new Failure("ModelRefused", "no"))),
        FinalizeRequest.read(payloads.get(4)));
    assertEquals(new FinalizeRequest.Close(RunId.of(RUN)), FinalizeRequest.read(payloads.get(5)));
  }

  @Test
  void closesTheRunForHoursWhileTheBrokerIsUnavailable() {
    states.functions.answers(turn(0, true)).answers(ARCHIVED);
    states.functions.throwing(UNAVAILABLE, "BrokerUnavailable: no answer", 900).answers("{}");

    String arn = states.begin(RUN, turn(2, false));
    states.clock.advance(Duration.ofHours(7));

    assertEquals("SUCCEEDED", states.status(arn));
    List<Duration> delays = states.delays(arn);
    assertEquals(900, delays.size());
    assertTrue(
        delays.stream().allMatch(delay -> delay.compareTo(Duration.ofSeconds(20)) <= 0),
        "readers wait for the end: " + delays.getLast());
  }

  @Test
  void failsWhenTheRunCannotBeClosed() {
    states.functions.answers(turn(0, true)).answers(ARCHIVED);
    states.functions.throwing(UNAVAILABLE, "BrokerUnavailable: no answer", 901);

    String arn = states.begin(RUN, turn(2, false));
    states.clock.advance(Duration.ofHours(7));

    assertEquals("FAILED", states.status(arn));
    assertEquals(UNAVAILABLE, states.describe(arn).get("error"));
  }

  @ParameterizedTest
  @CsvSource({"complete, SUCCEEDED", "failed, FAILED"})
  void finalizesAndClosesRunWithoutPlayingIt(String status, String result) {
    Map<String, Object> input = new LinkedHashMap<>(Map.of("run_id", RUN, "status", status));
    if (status.equals("failed")) {
      input.put("error", Map.of("code", "Stopped", "message", "stopped by an operator"));
    }
    states.functions.answers(ARCHIVED).answers("{}");

    String arn = states.begin(RUN + "-end-1", Json.write(input));
    states.clock.advance(Duration.ofMinutes(1));

    assertEquals(result, states.status(arn));
    assertEquals(
        List.of(input, Map.of("run_id", RUN, "close", true)),
        states.functions.calls().stream().map(ScriptedFunctions.Call::payload).toList());
  }

  @Test
  void failsWhenTheRunCannotBeFinalized() {
    states.functions.answers(turn(0, true));
    states.functions.throwing(UNAVAILABLE, "ArchiveUnavailable: S3 is away", 7);

    String arn = play();

    assertEquals(0, states.functions.remaining());
    Map<?, ?> described = states.describe(arn);
    assertEquals("FAILED", described.get("status"));
    assertEquals(UNAVAILABLE, described.get("error"));
    assertTrue(((String) described.get("cause")).contains("S3 is away"));
  }

  /** The answer of a turn whose model's service asked to wait. */
  private static String waiting(int left, int waits, int seconds) {
    String task = turn(left, false);
    return task.substring(0, task.length() - 1)
        + String.format(
            Locale.ROOT,
            ",\"waits\":%d,\"wait\":{\"seconds\":%d,\"error\":\"ModelThrottled\",\"message\":\"slow\"}}",
            waits,
            seconds);
  }

  @Test
  void waitsAsLongAsTheModelsServiceAsks() {
    states
        .functions
        .answers(waiting(2, 1, 120))
        .answers(waiting(2, 2, 300))
        .answers(turn(1, true))
        .answers(ARCHIVED)
        .answers("{}");

    String arn = states.begin(RUN, turn(2, false));
    states.clock.advance(Duration.ofSeconds(119));
    assertEquals(1, states.functions.calls().size());
    assertEquals("WaitStateEntered", states.types(arn).getLast());
    states.clock.advance(Duration.ofSeconds(1));
    assertEquals(2, states.functions.calls().size());
    assertEquals(Json.readOwn(waiting(2, 1, 120)), states.functions.calls().get(1).payload());
    states.clock.advance(Duration.ofSeconds(299));
    assertEquals(2, states.functions.calls().size());
    states.clock.advance(Duration.ofSeconds(1));
    assertEquals("SUCCEEDED", states.status(arn));
    assertEquals(StatesFixture.BEGIN.plusSeconds(420), states.history(arn).getLast().at());
  }

  @Test
  void countsTheRetriesBeforeAWait() {
    states
        .functions
        .throwing("arena.agent.ModelThrottled", "slow down", 3)
        .answers(waiting(2, 1, 20))
        .answers(turn(1, true))
        .answers("{}");

    play();

    assertEquals(Json.readOwn(waiting(2, 4, 20)), states.functions.calls().get(4).payload());
  }

  @Test
  void timesOutAfterTheLimitOfARun() {
    for (int i = 0; i < 300; i++) {
      states.functions.then(
          _ -> {
            states.clock.advance(Duration.ofSeconds(100));
            return new TaskInvoker.Success(turn(1, false));
          });
    }

    String arn = states.begin(RUN, turn(2, false));
    states.clock.advance(Duration.ofHours(7));

    assertEquals("TIMED_OUT", states.status(arn));
    assertEquals(StatesFixture.BEGIN.plus(Duration.ofHours(6)), states.history(arn).getLast().at());
    assertEquals(216, states.functions.calls().size());
  }
}
