import assert from "node:assert/strict";
import {test} from "node:test";

import {TraceRows} from "../../main/resources/console/trace-rows.js";
import {Turns} from "../../main/resources/console/turns.js";
import {Script, world} from "./events.js";

const VILLAGER = {type: "queue_villager"};
const ALL = {kinds: null, text: ""};
const HOUSE = {type: "build", building_key: "q"};

function turnsOf(script) {
  const turns = new Turns();
  turns.add(script.events);
  return turns;
}

test("events are grouped by turn, with the results of their actions", () => {
  const turns = turnsOf(new Script().turn(0, {}, [[VILLAGER, true], [HOUSE, false]], {reasoning: "grow", cost: 0.25}).turn(1, {food: 170}));
  assert.deepEqual(turns.list.map(turn => turn.t), [0, 1]);
  assert.deepEqual([...turns.at(0).actions].map(one => one.changed), [true, false]);
  assert.equal(turns.at(0).response.reasoning, "grow");
  assert.equal(turns.at(0).modelMillis, 10);
  assert.equal(turns.costUsd, 0.25);
  assert.equal(turns.newest.state.food, 170);
});

test("what the model's service counted is kept, and summed up", () => {
  const usage = {tokens_in: 1_000, tokens_out: 50, tokens_cached: 800, model_ms: 7};
  const script = new Script().turn(0, {});
  script.events.at(-1).payload.usage = usage;
  script.turn(1, {});
  script.events.at(-1).payload.usage = {...usage, tokens_cached: 0};
  const turns = turnsOf(script.turn(2, {}));
  assert.deepEqual([turns.at(0).response.usage, turns.at(0).modelMillis], [usage, 7]);
  assert.deepEqual([turns.at(2).response.usage, turns.at(2).modelMillis], [null, 10]);
  assert.deepEqual(turns.usage, {tokens_in: 2_000, tokens_out: 100, tokens_cached: 800, model_ms: 14});
});

test("an event that comes twice counts once", () => {
  const script = new Script().turn(0, {}, [[VILLAGER, true]], {cost: 0.5});
  const turns = turnsOf(script);
  turns.add(script.events);
  assert.equal(turns.nEvents, script.events.length);
  assert.equal(turns.at(0).actions.length, 1);
  assert.equal(turns.costUsd, 0.5);
});

test("an action has no result until it has come", () => {
  const script = new Script().turn(0, {}, [[VILLAGER, true]]);
  const turns = new Turns();
  turns.add(script.events.slice(0, -1));
  assert.equal(turns.at(0).actions.at(0).changed, null);
  turns.add(script.events.slice(-1));
  assert.equal(turns.at(0).actions.at(0).changed, true);
});

test("a fork and its mutation belong to its first turn", () => {
  const script = new Script().add(4, "fork", {parent_run_id: "p", parent_t: 4, mutation_summary: "food=1.0→2.0"})
      .add(4, "world_mutation", {before_summary: "a", after_summary: "b", reason: "try"}).turn(4, {food: 2});
  const turns = turnsOf(script);
  assert.equal(turns.first.fork.parent_t, 4);
  assert.deepEqual(new TraceRows().rows([turns.first], ALL).slice(0, 3).map(row => row.kind), ["turn", "changes", "changes"]);
});

test("the nearest turn is the one asked for, or the closest with a state", () => {
  const turns = turnsOf(new Script().turn(3, {}).turn(4, {}).turn(8, {}));
  assert.equal(turns.nearest(4).t, 4);
  assert.equal(turns.nearest(0).t, 3);
  assert.equal(turns.nearest(7).t, 8);
  assert.equal(turns.nearest(99).t, 8);
  assert.equal(new Turns().nearest(0), null);
});

test("stepping passes over turns that were lost", () => {
  const turns = turnsOf(new Script().turn(3, {}).turn(4, {}).turn(8, {}));
  assert.equal(turns.step(4, 1), 8);
  assert.equal(turns.step(8, -1), 4);
  assert.equal(turns.step(8, 10), 8);
  assert.equal(turns.step(3, -10), 3);
});

test("columns and ages have one entry for each turn with a state", () => {
  const turns = turnsOf(new Script().turn(0, {}).turn(1, {food: 1}).turn(2, {food: 2, age: "Feudal Age"}).turn(3, {food: 3, age: "Feudal Age"}));
  assert.deepEqual(turns.columns(["food"]), [[0, 1, 2, 3], [200, 1, 2, 3]]);
  assert.deepEqual(turns.ages(), [{age: "Dark Age", from: 0, to: 2}, {age: "Feudal Age", from: 2, to: 3}]);
});

test("payloads that are missing or of another shape do not stop the run", () => {
  const turns = new Turns();
  turns.add(["turn_start", "llm_response", "action", "action_result", "fork", "metric", "of_a_later_version"].map((kind, i) =>
    ({seq: i + 1, t: 0, kind, ts: "2026-01-31T12:00:00Z"})));
  assert.equal(turns.at(0).response.reasoning, null);
  assert.equal(turns.nEvents, 7);
});

test("the trace is filtered by kind and by text, and leaves out turns without a match", () => {
  const turns = turnsOf(new Script().turn(0, {}, [[VILLAGER, true]], {reasoning: "Grow <b>fast</b>"}).turn(1, {}, [[HOUSE, true]]));
  const rows = new TraceRows();
  const keys = filter => [...rows.rows(turns.list, filter)].map(row => row.kind);
  assert.deepEqual(keys({kinds: new Set(["action"]), text: ""}), ["turn", "action", "turn", "action"]);
  assert.deepEqual(keys({kinds: null, text: "<B>FAST"}), ["turn", "reasoning"]);
  assert.deepEqual(keys({kinds: null, text: "nowhere"}), []);
});

test("gaps are marked where the events were missing", () => {
  const script = new Script().turn(0, {}).turn(1, {}).turn(2, {});
  const rows = new TraceRows().rows(turnsOf(script).list, {kinds: new Set(["metric"]), text: ""}, [{from: 5, to: 8, lost: false}]);
  assert.deepEqual([...rows].map(row => row.kind), ["gap"]);
  const all = [...new TraceRows().rows(turnsOf(script).list, {kinds: null, text: ""}, [{from: 5, to: 8, lost: true}])];
  assert.equal(all.findIndex(row => row.kind === "gap") + 1, all.findIndex(row => row.kind === "turn" && row.turn.t === 1));
});

test("rows of a turn that did not change are kept", () => {
  const script = new Script().turn(0, {}).turn(1, {});
  const turns = turnsOf(script);
  const rows = new TraceRows();
  const [first] = rows.rows(turns.list, {kinds: null, text: ""});
  turns.add([{...script.events.at(-1), seq: 99, t: 2, kind: "turn_start", payload: {kind: "turn_start", state: world()}}]);
  assert.equal(rows.rows(turns.list, {kinds: null, text: ""}).at(0), first);
});

test("rows are found by index, and are the same while their turn is looked at", () => {
  const script = new Script();
  for (let t = 0; t < 100; t++) {
    script.turn(t, {}, [[VILLAGER, true], [HOUSE, false], [VILLAGER, true]]);
  }
  const turns = turnsOf(script);
  const rows = new TraceRows().rows(turns.list, ALL);
  assert.equal(rows.length, 700);
  assert.deepEqual([rows.indexOfTurn(0), rows.indexOfTurn(50), rows.indexOfTurn(99), rows.indexOfTurn(100)], [0, 350, 693, -1]);
  assert.deepEqual(rows.slice(346, 352).map(({kind, turn}) => `${turn.t} ${kind}`),
      ["49 reasoning", "49 action", "49 action", "49 action", "50 turn", "50 observation"]);
  assert.deepEqual(rows.slice(698, 800).map(({kind, changed}) => [kind, changed]), [["action", false], ["action", true]]);
  const seen = [];
  rows.forEach(({kind}, i) => seen.push([i, kind]));
  assert.deepEqual(seen, [...rows].map(({kind}, i) => [i, kind]));
  const row = rows.at(699);
  assert.equal(rows.at(699), row);
  for (let t = 0; t < 90; t++) {
    rows.at(rows.indexOfTurn(t) + 5); // others are looked at
  }
  assert.notEqual(rows.at(699), row, "not kept for ever");
  assert.equal(rows.at(699).key, row.key);
});

test("seqs of actions are kept when their turn is over, and when more come", () => {
  const script = new Script().turn(0, {}, [[VILLAGER, true], [HOUSE, true], [VILLAGER, true]]).turn(1, {});
  const turns = turnsOf(script);
  const seqs = () => [...turns.at(0).actions].map(({seq}) => seq);
  assert.deepEqual(seqs(), [5, 7, 9]);
  script.add(0, "action", {index_in_turn: 3, action: HOUSE}).turn(2, {});
  turns.add(script.events);
  assert.deepEqual(seqs(), [5, 7, 9, 15]);
});

test("an action whose number is not its position gets its own result", () => {
  const turns = new Turns();
  const event = (seq, kind, payload) => ({seq, t: 0, kind, ts: "2026-01-31T12:00:00Z", payload});
  turns.add([event(1, "action", {index_in_turn: 0, action: VILLAGER}), event(4, "action", {index_in_turn: 2, action: HOUSE}),
    event(5, "action_result", {index_in_turn: 2, state_changed: true}), event(6, "action_result", {index_in_turn: 1, state_changed: true})]);
  assert.deepEqual([...turns.at(0).actions].map(({seq, changed}) => [seq, changed]), [[1, null], [4, true]]);
});
