// Experiments, races and rankings: words, numbers with intervals, scales, requests.

import assert from "node:assert/strict";
import {test} from "node:test";

import {
  cellStatus, comparisonStatus, countsOf, courseColumns, difference, hasEnded, intervalText, isSamePlayer, linear, matches, outcomes, percent,
  probability, profilesRequest, progressOf, pValue, queueText, raceRequest, replicateRequest, sampleExperiment, sampleRace, scriptedPlayers, stacked,
  startsRuns, ticks, uniqueNames, verdict, wholeNumber, withBudget,
} from "../../main/resources/console/comparisons.js";

const SCRIPTED = {name: "scripted-strategy", model: "scripted", temperature: 0, prompt_variant: "strategy"};
const BARE = {...SCRIPTED, name: "scripted-bare", prompt_variant: "bare"};

test("a comparison's status has its own word, also one of a later version", () => {
  assert.deepEqual(["waiting", "running", "complete", "cancelled", "budget_spent", "paused"].map(status => comparisonStatus({status}).word),
      ["Waiting", "Streaming", "Complete", "Cancelled", "Budget spent", "paused"]);
  assert.equal(comparisonStatus({status: "waiting", waits_for: "x"}).detail, "for another comparison");
  assert.deepEqual(["waiting", "running", "complete", "cancelled", "budget_spent"].map(status => hasEnded({status})),
      [false, false, true, true, true]);
  assert.deepEqual([1, 0].map(running => hasEnded({status: "budget_spent", cell_counts: {running}})), [false, true]);
  assert.equal(startsRuns({status: "budget_spent", cells: {running: 1}}), false);
});

test("a cell says why it failed or was not started", () => {
  assert.equal(cellStatus({status: "failed", failure: "ModelRefused"}).detail, "ModelRefused");
  assert.deepEqual(cellStatus({status: "not_started", reason: "budget", failure: null}), {word: "not started", tone: "waiting", detail: "budget"});
});

test("progress counts what has ended, and leaves out what is not there", () => {
  const {parts, total, ended} = progressOf({planned: 2, running: 1, complete: 5, failed: 1, not_started: 0});
  assert.deepEqual([total, ended, parts.map(({status}) => status)], [9, 6, ["complete", "failed", "running", "planned"]]);
  assert.equal(progressOf({}).total, 0);
});

test("a number has its interval, if there is one", () => {
  assert.equal(intervalText({value: 12.34, low: 10, high: 14.5}), "12.3 (10 to 14.5)");
  assert.equal(intervalText({value: 3, low: null, high: null}), "3");
  assert.deepEqual([null, undefined, {value: null}].map(one => intervalText(one)), ["–", "–", "–"]);
  assert.deepEqual([0.5, NaN].map(percent), ["50 %", "–"]);
  assert.deepEqual([0.733, undefined].map(probability), ["0.73", "–"]);
  assert.deepEqual([0.0001, 0.0321, null].map(pValue), ["< 0.001", "0.032", "–"]);
  assert.deepEqual([2, 0, -2].map(one => difference(one)), ["+2", "0", "−2"]);
});

test("verdicts have words", () => {
  assert.equal(verdict("better").word, "better");
  assert.equal(verdict("not_distinguishable").word, "not distinguishable");
  assert.equal(verdict("of_a_later_version").word, "of a later version");
});

test("ticks are round and cover the range", () => {
  assert.deepEqual(ticks(0, 10, 6), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(-1.2, 1.3, 5), [-2, -1, 0, 1, 2]);
  for (const [low, high] of [[5, 5], [0, 0], [0.0001, 0.0013], [3, 1_000_000]]) {
    const marks = ticks(low, high, 5);
    assert.ok(marks[0] <= low && marks.at(-1) >= high && marks.length >= 2 && marks.length <= 7, marks.join());
  }
});

test("a scale maps ends to ends, and a range without extent to the middle", () => {
  const x = linear([10, 20], [0, 100]);
  assert.deepEqual([10, 15, 20].map(x), [0, 50, 100]);
  assert.equal(linear([5, 5], [0, 100])(5), 50);
});

test("points that would cover each other are stacked", () => {
  assert.deepEqual(stacked([0, 1, 2, 50, 50, 100], 9), [0, 1, 2, 0, 1, 0]);
});

test("only cells with an outcome are points", () => {
  assert.deepEqual(outcomes([{population: 3}, {population: null}, {}], "population").map(({value}) => value), [3]);
});

test("matches of a race are ordered by scenario and round", () => {
  const cells = [{scenario: "b", round: 1}, {scenario: "a", round: 1}, {scenario: "b", round: 0}, {scenario: "a", round: 1}];
  assert.deepEqual(matches(cells), [{scenario: "a", round: 1}, {scenario: "b", round: 0}, {scenario: "b", round: 1}]);
});

test("courses of different turns share one axis", () => {
  assert.deepEqual(courseColumns([[{t: 1, value: 0.5}], [{t: 0, value: 0}, {t: 1, value: 1}]], value => value * 100),
      [[0, 1], [null, 50], [0, 100]]);
});

test("a replicated change is compared with the run as it was", () => {
  const plan = {parent: "p", t: 5, mutation: {food: 1_500}, profile: null, replicas: 5, nTurns: 10, label: ""};
  assert.deepEqual(replicateRequest(plan), {
    parent_run_id: "p", parent_t: 5, replicas: 5, n_turns: 10, control: "unchanged",
    arms: [{name: "unchanged"}, {name: "changed", mutation: {food: 1_500}}],
  });
  assert.deepEqual(replicateRequest({...plan, mutation: {}, profile: BARE, label: "x"}).arms[1], {name: "changed", profile: BARE});
});

test("players are compared from the same town, with different names", () => {
  const request = profilesRequest({parent: "p", t: 5, mutation: {wood: 9}, own: SCRIPTED, profiles: [BARE, SCRIPTED], replicas: 2, nTurns: 3, label: "l"});
  assert.equal(request.control, "scripted-strategy");
  assert.deepEqual(request.arms.map(({name}) => name), ["scripted-strategy", "scripted-bare", "scripted-strategy 2"]);
  assert.ok(request.arms.every(({mutation}) => mutation.wood === 9));
  assert.deepEqual(uniqueNames(["a", "a", "b", "a"]), ["a", "a 2", "b", "a 3"]);
});

test("the samples are played by scripts, each strategy once", () => {
  const scenarios = [{name: "balanced"}, {name: "food-poor"}];
  const boom = {...SCRIPTED, name: "scripted:boom-strategy", model: "scripted:boom"};
  const profiles = [SCRIPTED, BARE, boom, {...BARE, model: "openai:x"}];
  assert.deepEqual(scriptedPlayers(profiles), [SCRIPTED, boom]);
  assert.equal(sampleRace({profiles: [SCRIPTED, BARE], scenarios}), null);
  const race = sampleRace({profiles, scenarios});
  assert.deepEqual([race.profiles.map(({name}) => name), race.scenarios],
      [["scripted-strategy", "scripted:boom-strategy"], ["balanced", "food-poor"]]);
  const experiment = sampleExperiment(profiles, "p");
  assert.deepEqual([experiment.parent_run_id, experiment.arms.map(({name}) => name)], ["p", ["unchanged", "1 500 food", "scripted:boom"]]);
  assert.equal(raceRequest({profiles: [BARE, BARE], scenarios: ["a"], rounds: 1, nTurns: 2, label: ""}).profiles[1].name, "scripted-bare 2");
});

test("what waits says for what, and its place in the queue if it is known", () => {
  assert.deepEqual([{status: "running", position: null, waits_for: null}, {status: "waiting", waits_for: null}].map(queueText), ["", ""]);
  assert.match(queueText({status: "waiting", waits_for: "x"}), /^Another experiment or race needs the same provider/);
  assert.match(queueText({status: "waiting", waits_for: "x", position: 2}), /^1 experiment or race before it needs/);
  assert.match(queueText({status: "waiting", waits_for: "x", position: 4}), /^3 experiments and races before it need the same/);
  assert.equal(comparisonStatus({status: "waiting", waits_for: "x", position: 4}).detail, "3 before it");
  assert.deepEqual([countsOf({cells: {planned: 1}}), countsOf({cells: [], cell_counts: {planned: 2}})], [{planned: 1}, {planned: 2}]);
});

test("players are the same if they play the same", () => {
  assert.ok(isSamePlayer(SCRIPTED, {...SCRIPTED, name: "another name", answer_format: "text"}));
  assert.ok(!isSamePlayer(SCRIPTED, BARE));
  assert.ok(!isSamePlayer(SCRIPTED, {...SCRIPTED, answer_format: "tool"}));
});

test("a budget is an amount above 0, or none", () => {
  assert.deepEqual(withBudget({a: 1}, " "), {a: 1});
  assert.deepEqual(withBudget({a: 1}, "0.5"), {a: 1, budget: {usd: 0.5}});
  assert.deepEqual(["0", "-1", "x", "Infinity"].map(text => withBudget({}, text)), [undefined, undefined, undefined, undefined]);
});

test("whole numbers are read within bounds", () => {
  assert.deepEqual(["1", " 50 ", "51", "0", "1.5", ""].map(text => wholeNumber(text, 1, 50)), [1, 50, null, null, null, null]);
});
