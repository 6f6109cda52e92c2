import assert from "node:assert/strict";
import {test} from "node:test";

import {compareAddress, format, MAX_COMPARED, parse, runAddress} from "../../main/resources/console/address.js";

const RUN = "5eed0000000000000000000000000001";
const OTHER = "5eed0000000000000000000000000002";

test("an empty address is the list of runs", () => {
  for (const hash of ["", "#", "#/", "#/runs"]) {
    assert.deepEqual(parse(hash), {view: "runs", params: {}});
  }
});

test("a run's address has its turn", () => {
  assert.deepEqual(parse(`#/runs/${RUN}?t=17`), {view: "run", id: RUN, params: {t: 17}});
  assert.equal(runAddress(RUN, 17), `#/runs/${RUN}?t=17`);
  assert.equal(runAddress(RUN), `#/runs/${RUN}`);
});

test("a turn that is not a number is ignored", () => {
  for (const t of ["-1", "1.5", "x", "", "9999999999", "1e3"]) {
    assert.deepEqual(parse(`#/runs/${RUN}?t=${t}`).params, {});
  }
});

test("addresses that are not known give a view of their own", () => {
  for (const hash of ["#/nothing", "#/runs/123", `#/runs/${RUN.toUpperCase()}x`, `#/runs/${RUN}/more`, "#/races/old", "#/experiments/1", "#/tree", "#/start/now"]) {
    assert.equal(parse(hash).view, "unknown", hash);
  }
});

test("a comparison takes each run once, in order, up to its bound", () => {
  assert.deepEqual(parse(`#/compare?run=${OTHER}&run=${RUN}&run=${OTHER}&run=no&t=3`).params, {run: [OTHER, RUN], t: 3});
  const many = Array.from({length: 20}, (_, i) => i.toString(16).padStart(32, "0"));
  assert.equal(parse(compareAddress(many)).params.run.length, MAX_COMPARED);
});

test("equal states have equal addresses", () => {
  assert.equal(format({view: "runs", params: {text: "", status: undefined}}), "#/");
  assert.equal(format({view: "runs", params: {text: "a b&c", status: "running"}}), "#/?status=running&text=a+b%26c");
});

test("an address that was formatted is parsed to the same route", () => {
  const routes = [
    {view: "runs", params: {status: "failed", text: "é <script>"}},
    {view: "run", id: RUN, params: {t: 0, fork: "1", kinds: "action.prompt"}},
    {view: "compare", params: {run: [RUN, OTHER], t: 12}},
    {view: "tree", id: RUN, params: {}},
    {view: "operations", params: {}},
    {view: "experiments", params: {}},
    {view: "experiment", id: RUN, params: {}},
    {view: "races", params: {}},
    {view: "new-race", params: {}},
    {view: "race", id: OTHER, params: {}},
    {view: "ranking", params: {race: [RUN, OTHER], by: "model", scenario: "balanced"}},
    {view: "ranking", params: {race: [], model: "openai:x", prompt: "strategy-2", from: "2026-01-01", to: "2026-02-01"}},
  ];
  for (const route of routes) {
    assert.deepEqual(parse(format(route)), route);
  }
});

test("long parameters are cut", () => {
  assert.equal(parse(`#/?text=${"x".repeat(5_000)}`).params.text.length, 200);
});
