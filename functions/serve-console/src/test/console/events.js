/** Events as the service sends them, for the tests. */

export const RUN = "5eed0000000000000000000000000001";

export function world(change = {}) {
  return {
    food: 200, wood: 150, gold: 0, stone: 0, population: 8, pop_cap: 25, age: "Dark Age", buildings: [], villager_queue: [],
    age_up_ticks_remaining: 0, turn: 0, ...change,
  };
}

/** Writes events in order. */
export class Script {
  events = [];

  add(t, kind, payload = {}) {
    const seq = this.events.length + 1;
    const ts = new Date(Date.UTC(2026, 0, 31, 12, 0, 0, seq * 10)).toISOString();
    this.events.push({run_id: RUN, seq, agent_id: "test", t, kind, ts, schema_version: 1, payload: {kind, ...payload}});
    return this;
  }

  /** A turn with these actions, each with whether it changed the state. */
  turn(t, state, actions = [], {reasoning = "", cost = 0} = {}) {
    this.add(t, "turn_start", {turn_num: t, state: world({turn: t, ...state})});
    this.add(t, "observation", {entity_count: 9, classes: ["town_center", "villager"]});
    this.add(t, "llm_prompt", {state_summary: "food=200.0"});
    this.add(t, "llm_response", {actions: actions.map(([action]) => action), reasoning, cost_usd: cost});
    actions.forEach(([action, changed], i) => {
      this.add(t, "action", {index_in_turn: i, action});
      this.add(t, "action_result", {index_in_turn: i, action_type: action.type, state_changed: changed});
    });
    return this;
  }
}
