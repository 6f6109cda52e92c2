package arena.runtime;

import arena.broker.BrokerLook;
import arena.broker.RedisInspection;
import arena.catalog.Catalog;
import arena.diagnosis.CacheStatus;
import arena.diagnosis.Execution;
import arena.diagnosis.Sources;
import arena.journal.JournalTail;
import arena.run.Run;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;

/** Facts from the stores and from AWS, each asked for when it is needed. */
final class AwsSources implements Sources {
  private final Supplier<Catalog> catalog;
  private final Supplier<JournalTail> journal;
  private final Supplier<RedisInspection> broker;
  private final Supplier<SfnClient> stepFunctions;
  private final String stateMachineArn;
  private final ElastiCache cache;

  AwsSources(
      Supplier<Catalog> catalog,
      Supplier<JournalTail> journal,
      Supplier<RedisInspection> broker,
      Supplier<SfnClient> stepFunctions,
      String stateMachineArn,
      ElastiCache cache) {
    this.catalog = catalog;
    this.journal = journal;
    this.broker = broker;
    this.stepFunctions = stepFunctions;
    this.stateMachineArn = stateMachineArn;
    this.cache = cache;
  }

  @Override
  public Optional<Run> row(String runId) {
    return catalog.get().find(runId);
  }

  @Override
  public List<JournalTail.Written> journal(String runId, int limit) {
    return journal.get().newest(runId, limit);
  }

  @Override
  public BrokerLook broker(String runId) {
    return broker.get().look(runId);
  }

  @Override
  public long runsOpen() {
    return catalog.get().countRunning();
  }

  @Override
  public Optional<Execution> execution(String runId) {
    try {
      return Optional.of(Execution.read(history(runId, Execution.MAX_ENTRIES)));
    } catch (ExecutionDoesNotExistException _) {
      return Optional.empty();
    }
  }

  @Override
  public List<Execution.Entry> history(String runId, int limit) {
    return stepFunctions
        .get()
        .getExecutionHistory(
            request ->
                request
                    .executionArn(StepFunctionsReplays.executionArn(stateMachineArn, runId))
                    .reverseOrder(true)
                    .maxResults(limit))
        .events()
        .stream()
        .map(ExecutionEntries::read)
        .toList();
  }

  @Override
  public CacheStatus cache() {
    return cache.status();
  }
}
