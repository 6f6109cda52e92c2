// Score and cost of running rows: each event is read once, for a bounded number of runs.

import assert from "node:assert/strict";
import {test} from "node:test";

import {MAX_RUNS, RunningScores} from "../../main/resources/console/running-scores.js";
import {Script} from "./events.js";

function reading(script) {
  const paths = [];
  const scores = new RunningScores({
    async get(path) {
      paths.push(path);
      const from = Number(/from_seq=(\d+)/.exec(path)[1]);
      return {events: script.events.slice(from - 1)};
    },
  });
  return {paths, scores};
}

test("score and cost are those of the events so far, of which none is read twice", async () => {
  const script = new Script().turn(0, {}, [], {cost: 0.25});
  const {paths, scores} = reading(script);
  const row = () => ({run_id: "a", n_events: script.events.length});
  await scores.read([row()], {});
  assert.deepEqual([scores.of("a").score.population, scores.of("a").costUsd, scores.of("a").complete], [8, 0.25, true]);
  await scores.read([row()], {});
  assert.equal(paths.length, 1, "nothing is new");
  script.turn(1, {population: 9}, [], {cost: 0.5});
  await scores.read([row()], {});
  assert.deepEqual([scores.of("a").score.population, scores.of("a").costUsd], [9, 0.75]);
  assert.match(paths[1], /from_seq=5/);
});

test("runs that are not in view are forgotten, and their number is bounded", async () => {
  const {paths, scores} = reading(new Script().turn(0, {}));
  const rows = Array.from({length: 20}, (_, i) => ({run_id: `r${i}`, n_events: 4}));
  await scores.read(rows, {});
  assert.equal(paths.length, MAX_RUNS);
  await scores.read(rows.slice(5, 6), {});
  assert.deepEqual([scores.of("r0"), scores.of("r5").complete], [undefined, true]);
});

test("a failed read leaves what is known", async () => {
  const scores = new RunningScores({get: () => Promise.reject(new Error("away"))});
  await scores.read([{run_id: "a", n_events: 1}], {});
  assert.equal(scores.of("a"), undefined);
});
