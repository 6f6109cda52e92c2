package arena.benchmark;

import arena.local.calls.CallUsage;
import java.util.List;

/** What a number of forks costs, from the usage of some and unit prices; see functions/COSTS.md. */
final class ForkBill {
  private static final double GIGABYTE = 1e9;

  /** CloudWatch Logs adds these bytes to each line. */
  private static final int LINE_OVERHEAD = 26;

  /** A failed write is charged; of a small item in a transaction, it is two units. */
  private static final int UNITS_OF_FAILED_WRITE = 2;

  /** Days for which the journal keeps the entries of an ended run, of those of a month. */
  private static final double JOURNAL_MONTHS = 1;

  private final ForkUsage usage;
  private final UnitPrices prices;
  private final Assumptions assumptions;

  /**
   * What cannot be measured here.
   *
   * @param forks the number of forks to charge
   * @param turns turns of each
   * @param viewers viewers of each
   * @param modelSeconds time of a model call
   */
  record Assumptions(int forks, int turns, int viewers, double modelSeconds) {}

  ForkBill(ForkUsage usage, UnitPrices prices, Assumptions assumptions) {
    this.usage = usage;
    this.prices = prices;
    this.assumptions = assumptions;
  }

  List<Charge> charges() {
    ForkUsage.Traffic traffic = usage.traffic();
    ForkUsage.Invocations all =
        usage.functions().values().stream()
            .reduce(ForkUsage.Invocations.NONE, ForkUsage.Invocations::plus);
    double modelWait = assumptions.turns() * assumptions.modelSeconds() * usage.turnGigabytes();
    CallUsage tables = usage.service("DynamoDb");
    CallUsage sent = usage.operation("ApiGatewayManagementApi.PostToConnection");
    CallUsage stored = usage.operation("S3.PutObject");
    // one for the execution and what it invokes, and one for each request and client's event
    double traces =
        usage.forks()
            + traffic.httpRequests()
            + traffic.clientMessages()
            + 2.0 * traffic.connections();
    double minutes = Math.ceil(assumptions.turns() * assumptions.modelSeconds() / 60 + 1);
    return List.of(
        charge(
            "Step Functions transitions",
            (double) usage.transitions(),
            "step_functions_transition"),
        charge(
            "Lambda, work",
            all.gigabyteSeconds() - usage.modelGigabyteSeconds(),
            "lambda_gb_second"),
        charge("Lambda, waiting for the model", modelWait * usage.forks(), "lambda_gb_second"),
        charge("Lambda requests", (double) all.count(), "lambda_request"),
        charge(
            "DynamoDB writes",
            tables.writeUnits() + (double) tables.failed() * UNITS_OF_FAILED_WRITE,
            "dynamodb_write_unit"),
        charge("DynamoDB reads", tables.readUnits(), "dynamodb_read_unit"),
        charge(
            "DynamoDB storage, a month",
            JOURNAL_MONTHS * tables.bytes() / GIGABYTE,
            "dynamodb_gb_month"),
        charge(
            "DynamoDB backup, a month",
            JOURNAL_MONTHS * tables.bytes() / GIGABYTE,
            "dynamodb_backup_gb_month"),
        charge("S3 writes", (double) stored.calls(), "s3_put"),
        charge("S3 reads", usage.service("S3").calls() - (double) stored.calls(), "s3_get"),
        charge("S3 storage, a month", stored.bytes() / GIGABYTE, "s3_gb_month"),
        charge(
            "WebSocket messages",
            (double) sent.messages() + traffic.clientMessages(),
            "websocket_message"),
        charge(
            "WebSocket connections",
            traffic.connections() * minutes,
            "websocket_connection_minute"),
        charge("HTTP requests", (double) traffic.httpRequests(), "http_request"),
        charge("transfer to viewers", sent.bytes() / GIGABYTE, "transfer_out_gb"),
        charge("NAT gateway, traffic", throughNat().bytes() / GIGABYTE, "nat_gateway_gb"),
        // half of the sandboxes are in the other zone than the primary node
        charge(
            "transfer between zones, cache",
            traffic.cacheBytes() / 2.0 / GIGABYTE,
            "transfer_zone_gb"),
        charge(
            "logs",
            (traffic.logBytes() + (double) traffic.logLines() * LINE_OVERHEAD) / GIGABYTE,
            "logs_ingested_gb"),
        charge("X-Ray traces, at most", traces, "xray_trace"));
  }

  /** The calls that do not go through the endpoints of DynamoDB and S3. */
  private CallUsage throughNat() {
    return usage.calls().entrySet().stream()
        .filter(call -> !call.getKey().startsWith("DynamoDb.") && !call.getKey().startsWith("S3."))
        .map(call -> call.getValue())
        .reduce(CallUsage.NONE, CallUsage::plus);
  }

  private Charge charge(String what, double quantity, String price) {
    double scale = (double) assumptions.forks() / usage.forks();
    return new Charge(what, quantity * scale, prices.get(price));
  }
}
