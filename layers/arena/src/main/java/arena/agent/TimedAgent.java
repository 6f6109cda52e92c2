package arena.agent;

import arena.run.Usage;
import arena.world.World;
import java.util.function.LongSupplier;

/** Adds the time of a model's decision to its usage. */
final class TimedAgent implements Agent {
  private static final long NANOS_PER_MS = 1_000_000;

  private final Agent agent;
  private final LongSupplier nanoTime;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  TimedAgent(Agent agent, LongSupplier nanoTime) {
    this.agent = agent;
    this.nanoTime = nanoTime;
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    long start = nanoTime.getAsLong();
    Decision decision = agent.decide(world, stateSummary);
    long ms = Math.clamp((nanoTime.getAsLong() - start) / NANOS_PER_MS, 0L, Usage.MAX);
    return new Decision(
        decision.actions(),
        decision.reasoning(),
        decision.costUsd(),
        decision
            .usage()
            .map(
                usage -> new Usage(usage.tokensIn(), usage.tokensOut(), usage.tokensCached(), ms)));
  }
}
