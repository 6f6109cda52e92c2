package arena.benchmark;

import arena.local.client.Envelope;
import arena.local.client.ViewerCrowd;
import arena.models.Behaviour;
import arena.run.Limits;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;

/**
 * Measures the CPU time in which few and many viewers catch up on one finished run: of the stack
 * with its viewers, and of Redis. Also counts Redis's reads of the stream.
 */
final class CatchUp implements Measurement {
  private static final int FEW = 10;
  private static final int MANY = 100;
  private static final double LIMIT = 15;
  private static final String MODEL = "busy";
  private static final Duration END_LIMIT = Duration.ofMinutes(2);
  private static final Rounds ROUNDS = new Rounds(1, 3, Duration.ofSeconds(30));
  private static final Pattern READS = Pattern.compile("cmdstat_xrange:calls=(\\d+)");
  private static final Pattern CPU = Pattern.compile("used_cpu_(?:user|sys):([\\d.]+)");

  private final OperatingSystemMXBean process =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @Override
  public String title() {
    return String.format(Locale.ROOT, "catch-up of %d and %d viewers of a finished run", FEW, MANY);
  }

  private record Cost(double seconds, long reads) {}

  @Override
  public List<Row> measure(MeasuredStack stack) {
    stack.model(MODEL, Behaviour.named(MODEL));
    String runId = stack.startRun(Limits.MAX_TURNS, MODEL);
    stack.awaitEnd(runId);
    List<Envelope> events = stack.client().events(runId, 1);
    Map<Integer, List<Double>> seconds = new TreeMap<>();
    Map<Integer, List<Double>> reads = new TreeMap<>();
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    HttpClient client = HttpClient.newBuilder().executor(threads).build();
    try {
      ROUNDS.each(
          round -> {
            for (int viewers : round < 1 ? List.of(FEW) : List.of(FEW, MANY)) {
              Cost cost = catchUp(stack, client, runId, events, viewers);
              if (round >= 1) {
                seconds.computeIfAbsent(viewers, _ -> new ArrayList<>()).add(cost.seconds());
                reads.computeIfAbsent(viewers, _ -> new ArrayList<>()).add((double) cost.reads());
                stack.progress(
                    String.format(
                        Locale.ROOT,
                        "round %d: %.1f s of CPU and %,d stream reads for %d viewers",
                        round,
                        cost.seconds(),
                        cost.reads(),
                        viewers));
              }
            }
          });
    } finally {
      client.shutdownNow();
      threads.shutdownNow();
    }
    String what = String.format(Locale.ROOT, "catch-up of %d viewers", MANY);
    String reference =
        String.format(
            Locale.ROOT,
            "%s for %d viewers, of %,d events each",
            Row.amount(Sample.median(seconds.get(FEW))),
            FEW,
            events.size());
    return List.of(
        Row.atMost(
            what,
            Sample.median(seconds.get(MANY)) / Sample.median(seconds.get(FEW)),
            String.format(Locale.ROOT, "times the CPU of %d", FEW),
            LIMIT),
        Row.amount(what, Sample.median(seconds.get(MANY)), "s of CPU", reference),
        Row.amount(
            what,
            Sample.median(reads.get(MANY)),
            "stream reads",
            String.format(
                Locale.ROOT, "%s for %d viewers", Row.amount(Sample.median(reads.get(FEW))), FEW)));
  }

  private Cost catchUp(
      MeasuredStack stack, HttpClient client, String runId, List<Envelope> events, int viewers) {
    double cpu = cpuSeconds(stack);
    double reads = sum(READS, info(stack, "commandstats"));
    try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
      crowd.join(runId, ViewerCrowd.Habit.QUICK, viewers);
      Viewers.requireComplete(crowd.outcome(events, END_LIMIT), viewers);
    }
    return new Cost(
        cpuSeconds(stack) - cpu, Math.round(sum(READS, info(stack, "commandstats")) - reads));
  }

  private double cpuSeconds(MeasuredStack stack) {
    return process.getProcessCpuTime() / 1e9 + sum(CPU, info(stack, "cpu"));
  }

  private static String info(MeasuredStack stack, String section) {
    try (Jedis redis = stack.redis()) {
      return redis.info(section);
    }
  }

  private static double sum(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    double sum = 0;
    while (matcher.find()) {
      sum += Double.parseDouble(matcher.group(1));
    }
    return sum;
  }
}
