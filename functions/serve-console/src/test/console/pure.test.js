// Formats, costs, forks, status words, windows and lineage.

import assert from "node:assert/strict";
import {test} from "node:test";

import {estimateCost} from "../../main/resources/console/estimate.js";
import {controlOf, forkRequest, readDraft, readTurns} from "../../main/resources/console/forks.js";
import {ago, count, cut, duration, list, money, quantity, signed} from "../../main/resources/console/format.js";
import {flatten, MAX_ANCESTORS, MAX_NODES, readTree} from "../../main/resources/console/lineage-tree.js";
import {causeWords, rowStatus, runStatus} from "../../main/resources/console/status.js";
import {fixedWindow, Positions} from "../../main/resources/console/windows.js";
import {compareScores, describeAction, describeTown, scoreOf} from "../../main/resources/console/world.js";
import {world} from "./events.js";

const RULES = {
  villager_food: 50, villager_turns: 3, age_up_food: 500, age_up_turns: 6,
  buildings: [{building_key: "q", name: "house", wood: 25, pop_cap: 5}, {building_key: "w", name: "mill", wood: 100, pop_cap: 0}],
};
const LIMITS = {max_turns: 200, max_resource: 1_000_000, max_population: 1_000};

// ---- format

test("quantities have no needless decimals and grouped thousands", () => {
  assert.deepEqual([0, 200.0, 0.25, 1_500, 1_234_567.89, -3].map(quantity), ["0", "200", "0.3", "1\u202f500", "1\u202f234\u202f567.9", "−3"]);
  assert.equal(quantity(NaN), "–");
  assert.deepEqual([5, -5, 0, 0.01].map(signed), ["+5", "−5", "", ""]);
});

test("a name from right to left does not turn what follows it in a list", () => {
  assert.equal(list(["a", "\u05d0", "\u202eb"]), "a, \u2068\u05d0\u2069, \u2068\u202eb\u2069");
});

test("money is exact where it is small", () => {
  assert.deepEqual([0, 0.00001, 0.0042, 1.268, NaN].map(money), ["$0", "< $0.0001", "$0.0042", "$1.27", "–"]);
});

test("durations and times have a unit that fits", () => {
  assert.deepEqual([420, 12_300, 45_000, 245_000, 7_800_000, 90_000_000].map(duration), ["420 ms", "12.3 s", "45 s", "4 min 5 s", "2 h 10 min", "1 d 1 h"]);
  const now = Date.parse("2026-01-31T12:00:00Z");
  assert.equal(ago("2026-01-31T11:59:58Z", now), "just now");
  assert.equal(ago("2026-01-31T12:00:30Z", now), "just now", "clocks differ");
  assert.equal(ago("2026-01-31T11:59:00Z", now), "1 min ago");
  assert.equal(ago("2026-01-01T00:00:00Z", now), "2026-01-01");
  assert.equal(ago("never", now), "–");
});

test("a cut does not split a pair", () => {
  assert.equal(cut("abc", 3), "abc");
  assert.equal(cut("ab😀d", 3), "ab…");
  assert.equal(count(1, "event"), "1 event");
});

// ---- cost

test("the scripted player and no turns cost nothing", () => {
  const parent = {model: "m", costUsd: 1, answered: 10, costKnown: true};
  assert.equal(estimateCost({nTurns: 10, model: "scripted", parent, prices: []}).usd, 0);
  assert.equal(estimateCost({nTurns: 0, model: "m", parent, prices: []}).usd, 0);
});

test("the same model costs the parent's mean, another one is scaled by its price", () => {
  const parent = {model: "a", costUsd: 1, answered: 10, costKnown: true};
  const prices = [{model: "a", input_usd_per_million: 1, output_usd_per_million: 2}, {model: "b", input_usd_per_million: 3, output_usd_per_million: 6}];
  assert.equal(estimateCost({nTurns: 5, model: "a", parent, prices}).usd, 0.5);
  assert.ok(Math.abs(estimateCost({nTurns: 5, model: "b", parent, prices}).usd - 1.5) < 1e-9);
});

test("a price that is not known is not guessed", () => {
  const parent = {model: "a", costUsd: 0, answered: 10, costKnown: false};
  assert.equal(estimateCost({nTurns: 5, model: "a", parent, prices: []}).usd, null);
  assert.equal(estimateCost({nTurns: 5, model: "a", parent, prices: [{model: "a", input_usd_per_million: null, output_usd_per_million: null}]}).usd, null);
});

// ---- forks

test("a draft becomes a mutation of what differs", () => {
  const {mutation, errors} = readDraft({food: " 1500 ", wood: "150", age: "Feudal Age", population: "9"}, world(), LIMITS);
  assert.deepEqual(mutation, {food: 1_500, age: "Feudal Age", population: 9});
  assert.deepEqual(errors, {});
});

test("values out of their limits are errors of their field", () => {
  const {mutation, errors} = readDraft({food: "-1", wood: "1000001", gold: "", stone: "x", population: "1.5", pop_cap: "1e2"}, world(), LIMITS);
  assert.deepEqual(Object.keys(errors), ["food", "wood", "gold", "stone", "population"]);
  assert.deepEqual(mutation, {pop_cap: 100});
});

test("turns are integers within the limit", () => {
  assert.deepEqual(["0", "200", " 10 "].map(text => readTurns(text, LIMITS)), [0, 200, 10]);
  assert.deepEqual(["201", "-1", "", "1.5", "ten"].map(text => readTurns(text, LIMITS)), [null, null, null, null, null]);
});

test("a request has no field that was not set", () => {
  assert.deepEqual(forkRequest({parent: "p", t: 3, mutation: {}, nTurns: 10, reason: "  ", profile: null}), {parent_run_id: "p", parent_t: 3, n_turns: 10});
});

test("an error is shown at the control of its field", () => {
  assert.deepEqual(["mutation.food", "mutation.gems", "n_turns", "profile.model", "parent_t", undefined].map(field => controlOf({field})),
      ["food", "form", "n_turns", "profile", "form", "form"]);
});

// ---- status

test("a run is complete only when its events are all here", () => {
  const run = {row: {status: "complete"}, wasStreaming: true, error: null, diagnosis: null, nEvents: 50};
  assert.equal(runStatus({...run, state: "connecting"}).word, "connecting");
  assert.equal(runStatus({...run, state: "Streaming"}).word, "Streaming");
  assert.equal(runStatus({...run, state: "Error", error: {code: "connection_lost"}}).word, "Error");
  assert.equal(runStatus({...run, state: "Complete"}).word, "Complete");
});

test("a run that ends at once, is stopped or stuck says so", () => {
  const run = {row: {error_code: "ModelRefused"}, wasStreaming: false, error: null, diagnosis: null, nEvents: 0};
  assert.match(runStatus({...run, state: "Closed"}).detail, /before its first turn/);
  assert.equal(runStatus({...run, state: "Closed", row: {error_code: "Stopped"}}).detail, "Stopped");
  const stuck = runStatus({...run, state: "Streaming", diagnosis: {healthy: false, cause: "model_hangs"}});
  assert.deepEqual([stuck.word, stuck.tone], ["Stuck?", "stuck"]);
  assert.equal(runStatus({...run, state: "Streaming", diagnosis: {healthy: true, cause: "waiting_for_model"}}).word, "Streaming");
  assert.equal(causeWords("of_a_later_version"), "of a later version");
});

test("rows of the list use the same words", () => {
  assert.deepEqual(["running", "complete", "failed"].map(status => rowStatus({status}).word), ["Streaming", "Complete", "Closed"]);
  const failed = {status: "failed", error_code: "ModelRefused"};
  assert.equal(rowStatus({...failed, n_events: 0}).detail, "ended before its first turn (ModelRefused)");
  assert.equal(rowStatus({...failed, n_events: 40}).detail, "ModelRefused");
});

// ---- windows

test("a window of equal rows covers the view", () => {
  assert.deepEqual(fixedWindow({count: 1_000, height: 44, scrollTop: 4_400, viewport: 440, overscan: 2}), {from: 98, to: 112});
  assert.deepEqual(fixedWindow({count: 3, height: 44, scrollTop: 0, viewport: 440}), {from: 0, to: 3});
  assert.deepEqual(fixedWindow({count: 3, height: 44, scrollTop: 9_999, viewport: 440}), {from: 3, to: 3});
  assert.deepEqual(fixedWindow({count: 0, height: 44, scrollTop: 0, viewport: 440}), {from: 0, to: 0});
});

test("positions take measured heights in the place of guesses", () => {
  const rows = Array.from({length: 10_000}, (_, i) => ({key: String(i)}));
  const positions = new Positions(() => 20);
  positions.setRows(rows);
  assert.equal(positions.total, 200_000);
  assert.ok(positions.measure(0, [50, 20]));
  assert.ok(!positions.measure(0, [50, 20]));
  assert.equal(positions.top(1), 50);
  positions.setRows(rows);
  assert.equal(positions.top(1), 50, "kept for the same rows");
  assert.ok(!positions.measure(9_999, [20, 99]), "beyond the end");
  assert.equal(positions.indexAt(49), 0);
  assert.equal(positions.indexAt(50), 1);
  assert.equal(positions.indexAt(1e9), 9_999);
  assert.deepEqual(positions.window(100_030, 100, 0), {from: 5_000, to: 5_006});
});

test("an empty list has an empty window", () => {
  const positions = new Positions(() => 20);
  positions.setRows([]);
  assert.deepEqual(positions.window(0, 100), {from: 0, to: 0});
  assert.equal(positions.total, 0);
});

// ---- lineage

test("a tree is read from its root and flattened depth first", async () => {
  const runs = {a: null, b: "a", c: "a", d: "b"};
  const row = id => ({run_id: id, parent_run_id: runs[id], parent_t: id === "c" ? 1 : 2, created_at: id});
  const {root, truncated} = await readTree("d", async id => row(id),
      async id => ({rows: Object.keys(runs).filter(one => runs[one] === id).map(row), next: null}));
  assert.equal(truncated, false);
  assert.deepEqual(flatten(root).map(one => [one.row.run_id, one.depth, one.isLast]), [["a", 0, true], ["c", 1, false], ["b", 1, true], ["d", 2, true]]);
});

test("a tree has a bound upwards and downwards", async () => {
  let reads = 0;
  const endless = async id => {
    reads++;
    return {run_id: id, parent_run_id: `${id}x`, parent_t: 0, created_at: ""};
  };
  assert.equal((await readTree("a", endless, async () => ({rows: [], next: null}))).truncated, true);
  assert.ok(reads <= MAX_ANCESTORS + 1);
  let n = 0;
  const {root, truncated} = await readTree("a", async id => ({run_id: id, parent_run_id: null}),
      async () => ({rows: [0, 1, 2].map(() => ({run_id: `n${n++}`, parent_t: 0, created_at: ""})), next: null}));
  assert.ok(truncated);
  assert.ok(flatten(root).length <= MAX_NODES + 3);
});

test("a cycle of parents ends", async () => {
  const next = {a: "b", b: "a"};
  const {root} = await readTree("a", async id => ({run_id: id, parent_run_id: next[id], parent_t: 0, created_at: ""}),
      async id => ({rows: [{run_id: next[id], parent_t: 0, created_at: ""}], next: null}));
  assert.ok(flatten(root).length <= 2);
});

// ---- world

test("actions are described, also those that are none", () => {
  assert.equal(describeAction({type: "build", building_key: "q"}, RULES).effect, "−25 wood, +5 pop. cap");
  assert.equal(describeAction({type: "queue_villager"}, RULES).name, "queue villager");
  assert.equal(describeAction({type: "press", key: "z"}, RULES).name, "age up");
  for (const odd of [null, 7, [], {}, {type: 1}, {type: "build", building_key: "constructor"}, {type: "build"}, {type: "<b>"}]) {
    const {name, effect} = describeAction(odd, RULES);
    assert.equal(typeof name, "string");
    assert.equal(effect, "");
  }
});

test("scores are compared by age, population, economy", () => {
  const better = [{age: "Feudal Age"}, {population: 9}, {food: 201}].map(change => scoreOf(world(change)));
  better.forEach(score => assert.ok(compareScores(score, scoreOf(world())) < 0));
  assert.equal(compareScores(scoreOf(world()), scoreOf(world())), 0);
});

test("a town is described in words", () => {
  assert.equal(describeTown(world({buildings: ["house", "house", "lumber_camp"], villager_queue: [1], age_up_ticks_remaining: 2})),
      "Dark Age, population 8 of 25; 2 houses, 1 lumber camp; 1 in training; next age in 2 turns");
});
