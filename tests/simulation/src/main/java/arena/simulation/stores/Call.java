package arena.simulation.stores;

/** A call that the product makes over the network, each with its own fault points. */
public enum Call {
  JOURNAL_BEGIN("journal.begin", true),
  JOURNAL_APPEND("journal.append", true),
  JOURNAL_ENTRIES("journal.entries", false),
  JOURNAL_EVENTS("journal.events", false),
  JOURNAL_TURN_START("journal.turnStart", false),
  JOURNAL_TURN_STARTS("journal.turnStarts", false),
  JOURNAL_POSTPONE_MODEL("journal.postponeModel", true),
  CATALOG_FIND("catalog.find", false),
  CATALOG_LIST("catalog.list", false),
  CATALOG_HELD("catalog.held", false),
  CATALOG_COUNTERS("catalog.counters", false),
  CATALOG_COUNT_DELIVERIES("catalog.countDeliveries", true),
  CATALOG_FAIL("catalog.fail", true),
  CATALOG_ABANDON("catalog.abandon", true),
  CATALOG_ARCHIVED("catalog.archived", true),
  CATALOG_DEPARTED("catalog.departed", true),
  CATALOG_RELEASED("catalog.released", true),
  BROKER_OPEN("broker.open", true),
  BROKER_PUBLISH("broker.publish", true),
  BROKER_RESTORE("broker.restore", true),
  BROKER_READ("broker.read", false),
  BROKER_CLOSE("broker.close", true),
  BROKER_DROP("broker.drop", true),
  BROKER_PRESENCE("broker.presence", false),
  BROKER_RUNS("broker.runs", false),
  SUBSCRIBERS_AVAILABLE("subscribers.available", true),
  SUBSCRIBERS_PUT("subscribers.put", true),
  SUBSCRIBERS_ADOPT("subscribers.adopt", true),
  SUBSCRIBERS_REMOVE("subscribers.remove", true),
  SUBSCRIBERS_CURSOR("subscribers.cursor", false),
  SUBSCRIBERS_ENDED("subscribers.ended", false),
  SUBSCRIBERS_CURSORS("subscribers.cursors", false),
  SUBSCRIBERS_LOOK("subscribers.look", true),
  SUBSCRIBERS_ACQUIRE("subscribers.acquire", true),
  SUBSCRIBERS_HOLDER("subscribers.holder", false),
  SUBSCRIBERS_EXTEND("subscribers.extend", true),
  SUBSCRIBERS_ADVANCE("subscribers.advance", true),
  SUBSCRIBERS_FINISH("subscribers.finish", true),
  SUBSCRIBERS_EVICT("subscribers.evict", true),
  SUBSCRIBERS_RELEASE("subscribers.release", true),
  SUBSCRIBERS_ABANDON("subscribers.abandon", true),
  SUBSCRIBERS_MARK_LOSS("subscribers.markLoss", true),
  SUBSCRIBERS_SEEN_TO_LOSS("subscribers.clearLoss", true),
  ARCHIVE_WRITE("archive.write", true),
  ARCHIVE_EVENTS("archive.events", false),
  ARCHIVE_SUMMARY("archive.summary", false),
  ARCHIVE_TURN_START("archive.turnStart", false),
  ARCHIVE_SERIES("archive.series", false),
  CONNECTIONS_CONNECTED("connections.connected", true),
  CONNECTIONS_SUBSCRIBED("connections.subscribed", true),
  CONNECTIONS_SUBSCRIBED_PENDING("connections.subscribePending", true),
  CONNECTIONS_UNSUBSCRIBED_PENDING("connections.unsubscribePending", true),
  CONNECTIONS_END_UNSUBSCRIBED("connections.endUnsubscribed", true),
  CONNECTIONS_PENDING_RUNS("connections.pendingRuns", false),
  CONNECTIONS_HOLD_RECOVERY("connections.holdRecovery", true),
  CONNECTIONS_RELEASE_RECOVERY("connections.releaseRecovery", true),
  CONNECTIONS_ADOPTED("connections.adopt", true),
  CONNECTIONS_IS_SUBSCRIBED("connections.isSubscribed", false),
  CONNECTIONS_SUBSCRIBED_RUNS("connections.subscribedRuns", false),
  CONNECTIONS_SUBSCRIBERS("connections.subscribers", false),
  CONNECTIONS_UNSUBSCRIBED("connections.unsubscribed", true),
  CONNECTIONS_DISCONNECTED("connections.disconnected", true),
  CONNECTIONS_KEPT("connections.kept", false),
  CONNECTIONS_PAGE("connections.page", false),
  CONNECTION_SENDER_SEND("connectionSender.send", true),
  CONNECTION_SENDER_IS_GONE("connectionSender.isGone", false),
  CONNECTION_SENDER_CLOSE("connectionSender.close", true),
  FAN_OUT_INVOKER_WAKE("fanOutInvoker.wake", true),
  FAN_OUT_INVOKER_RECOVER("fanOutInvoker.recover", true),
  EXECUTIONS_START("executions.start", true),
  EXECUTIONS_STOP("executions.stop", true),
  FINALIZE_INVOKER_FINALIZE("finalizeInvoker.finalizeRun", true),
  IDEMPOTENCY_NOTE("idempotency.note", true),
  IDEMPOTENCY_RENEW("idempotency.renew", true),
  IDEMPOTENCY_ANSWERED("idempotency.answered", true),
  COMPARISONS_CREATE("comparisons.create", true),
  COMPARISONS_FIND("comparisons.find", false),
  COMPARISONS_CELLS("comparisons.cells", false),
  COMPARISONS_CELL("comparisons.cell", false),
  COMPARISONS_LIST("comparisons.list", false),
  COMPARISONS_OPEN("comparisons.open", false),
  COMPARISONS_QUEUE("comparisons.queue", false),
  COMPARISONS_WAKE("comparisons.wake", true),
  COMPARISONS_CLAIM("comparisons.claim", true),
  COMPARISONS_START("comparisons.start", true),
  COMPARISONS_END("comparisons.end", true),
  COMPARISONS_STOP("comparisons.stop", true),
  COMPARISONS_ADD_REPLICAS("comparisons.addReplicas", true),
  COMPARISONS_RELEASE("comparisons.release", true),
  COMPARISONS_NEXT_GENERATION("comparisons.nextGeneration", true),
  COMPARISON_EXECUTIONS_START("comparisonExecutions.start", true),
  COMPARISON_EXECUTIONS_STATE("comparisonExecutions.state", false),
  COMPARISON_ARCHIVE_PUT("comparisonArchive.put", true),
  MODEL_DECIDE("agent.decide", true);

  private final String label;
  private final boolean changes;

  Call(String label, boolean changes) {
    this.label = label;
    this.changes = changes;
  }

  /** Interface and method, as in the name of a fault point. */
  public String label() {
    return label;
  }

  /** Whether the call changes state. */
  public boolean changes() {
    return changes;
  }
}
