package arena.benchmark;

import arena.local.template.Deployment;
import arena.local.template.Template;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a deployed stack costs a month without any run, from the resources of the template. */
final class IdleBill {
  /** Hours in a month, as AWS's calculator counts. */
  static final int HOURS = 730;

  private static final Deployment DEPLOYMENT = Deployment.placeholder();

  private final Template template;
  private final UnitPrices prices;
  private final Map<String, String> parameters;

  /**
   * @param parameters values of the template's parameters, which take precedence over their
   *     defaults
   */
  IdleBill(Template template, UnitPrices prices, Map<String, String> parameters) {
    this.template = template;
    this.prices = prices;
    this.parameters = parameters;
  }

  List<Charge> charges() {
    List<Charge> charges = new ArrayList<>();
    add(charges, "cache nodes", (double) cacheNodes() * HOURS, "cache_node_hour_" + engine());
    add(charges, "NAT gateway", (double) count("AWS::EC2::NatGateway") * HOURS, "nat_gateway_hour");
    add(charges, "public address", (double) count("AWS::EC2::EIP") * HOURS, "public_ipv4_hour");
    add(charges, "alarms", alarmMetrics(), "alarm_metric_month");
    add(charges, "dashboard", count("AWS::CloudWatch::Dashboard"), "dashboard_month");
    add(charges, "secret", count("AWS::SecretsManager::Secret"), "secret_month");
    return charges;
  }

  private void add(List<Charge> charges, String what, double quantity, String price) {
    if (quantity > 0) {
      charges.add(new Charge(what, quantity, prices.get(price)));
    }
  }

  private String engine() {
    return cache("Engine");
  }

  private int cacheNodes() {
    return Integer.parseInt(cache("NumCacheClusters"));
  }

  /** A property of the cache. */
  String cache(String property) {
    return template.property("Cache", property, parameters, DEPLOYMENT).orElseThrow().toString();
  }

  private int count(String type) {
    return template.ids(type, parameters, DEPLOYMENT).size();
  }

  /** The metrics of all alarms; an alarm on an expression is charged for each of its metrics. */
  int alarmMetrics() {
    return template.properties("AWS::CloudWatch::Alarm", parameters, DEPLOYMENT).values().stream()
        .mapToInt(IdleBill::metrics)
        .sum();
  }

  private static int metrics(Object alarm) {
    Object listed = ((Map<?, ?>) alarm).get("Metrics");
    return listed == null
        ? 1
        : (int)
            ((List<?>) listed)
                .stream().filter(metric -> ((Map<?, ?>) metric).containsKey("MetricStat")).count();
  }
}
