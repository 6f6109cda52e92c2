package arena.runtime;

import arena.broker.BrokerSnapshot;
import arena.broker.RedisInspection;
import arena.catalog.Catalog;
import arena.catalog.Counters;
import arena.diagnosis.CacheStatus;
import arena.diagnosis.ExecutionState;
import arena.diagnosis.FactSources;
import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunId;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;

/** Collects facts from the stores and from AWS, with lazily created clients. */
final class AwsFactSources implements FactSources {
  private final Supplier<Catalog> catalog;
  private final Supplier<JournalTail> journal;
  private final Supplier<RedisInspection> broker;
  private final Supplier<SfnClient> stepFunctions;
  private final String stateMachineArn;
  private final ElastiCacheStatus cache;

  AwsFactSources(
      Supplier<Catalog> catalog,
      Supplier<JournalTail> journal,
      Supplier<RedisInspection> broker,
      Supplier<SfnClient> stepFunctions,
      String stateMachineArn,
      ElastiCacheStatus cache) {
    this.catalog = catalog;
    this.journal = journal;
    this.broker = broker;
    this.stepFunctions = stepFunctions;
    this.stateMachineArn = stateMachineArn;
    this.cache = cache;
  }

  @Override
  public Optional<Run> row(RunId runId) {
    return catalog.get().find(runId);
  }

  @Override
  public List<JournalTail.EntrySummary> journal(RunId runId, int limit) {
    return journal.get().newest(runId, limit);
  }

  @Override
  public BrokerSnapshot broker(RunId runId) {
    return broker.get().snapshot(runId);
  }

  @Override
  public Counters counters() {
    return catalog.get().counters();
  }

  @Override
  public Optional<ExecutionState> execution(RunId runId) {
    try {
      return Optional.of(ExecutionState.read(history(runId, ExecutionState.MAX_ENTRIES)));
    } catch (ExecutionDoesNotExistException _) {
      return Optional.empty();
    }
  }

  @Override
  public List<ExecutionState.Entry> history(RunId runId, int limit) {
    return stepFunctions
        .get()
        .getExecutionHistory(
            request ->
                request
                    .executionArn(StepFunctionsExecutions.executionArn(stateMachineArn, runId))
                    .reverseOrder(true)
                    .maxResults(limit))
        .events()
        .stream()
        .map(ExecutionHistory::read)
        .toList();
  }

  @Override
  public CacheStatus cache() {
    return cache.status();
  }
}
