package arena.local.template;

import arena.local.backing.BucketDefinition;
import arena.local.backing.TableDefinition;
import arena.local.gateway.HttpApiDefinition;
import arena.local.gateway.WebSocketApiDefinition;
import arena.local.iam.Role;
import arena.local.lambda.FunctionDefinition;
import arena.local.schedule.ScheduleDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The resolved resources of a template that the local stack hosts. Resources of other types, such
 * as networks and alarms, are not in it.
 *
 * @param functions the functions
 * @param httpApi the HTTP API, if there is one
 * @param webSocketApi the WebSocket API, if there is one
 * @param schedules the schedules
 * @param tables the tables
 * @param buckets the buckets
 * @param stateMachines the state machines
 * @param roles the roles of the functions and state machines, by their names
 * @param names the name of each of these resources (for a state machine, the ARN) by its id in the
 *     template
 */
public record StackPlan(
    List<FunctionDefinition> functions,
    Optional<HttpApiDefinition> httpApi,
    Optional<WebSocketApiDefinition> webSocketApi,
    List<ScheduleDefinition> schedules,
    List<TableDefinition> tables,
    List<BucketDefinition> buckets,
    List<StateMachineDefinition> stateMachines,
    Map<String, Role> roles,
    Map<String, String> names) {
  /** Copies the collections. */
  public StackPlan {
    functions = List.copyOf(functions);
    schedules = List.copyOf(schedules);
    tables = List.copyOf(tables);
    buckets = List.copyOf(buckets);
    stateMachines = List.copyOf(stateMachines);
    roles = Map.copyOf(roles);
    names = Map.copyOf(names);
  }
}
