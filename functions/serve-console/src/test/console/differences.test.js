import assert from "node:assert/strict";
import {test} from "node:test";

import {differingTurns, equal, neighbour, stateRows} from "../../main/resources/console/differences.js";
import {Turns} from "../../main/resources/console/turns.js";
import {Script, world} from "./events.js";

const VILLAGER = {type: "queue_villager"};
const HOUSE = {type: "build", building_key: "q"};

function turnsOf(script, count = script.events.length) {
  const turns = new Turns();
  turns.add(script.events.slice(0, count));
  return turns;
}

test("values are equal by content, not by the order of keys", () => {
  assert.ok(equal({a: [1, {b: null}], c: "x"}, {c: "x", a: [1, {b: null}]}));
  for (const [a, b] of [[{a: 1}, {a: 1, b: 2}], [[1], {0: 1}], [null, {}], [1, "1"], [{a: undefined}, {b: 1}]]) {
    assert.ok(!equal(a, b));
  }
});

test("turns differ by their actions and by the results of these", () => {
  const parent = turnsOf(new Script().turn(0, {}, [[VILLAGER, true]]).turn(1, {}, [[HOUSE, true]]).turn(2, {}, [[HOUSE, true]]).turn(3, {}, []));
  const child = turnsOf(new Script().turn(1, {}, [[HOUSE, true]]).turn(2, {}, [[HOUSE, false]]).turn(3, {}, [[VILLAGER, true]]));
  assert.deepEqual(differingTurns([parent, child]), [2, 3]);
});

test("a turn that is not answered yet is not a difference", () => {
  const parent = turnsOf(new Script().turn(0, {}, [[VILLAGER, true], [HOUSE, true]]));
  const whole = new Script().turn(0, {}, [[VILLAGER, true], [HOUSE, true]]);
  for (let count = 0; count <= whole.events.length; count++) {
    assert.deepEqual(differingTurns([parent, turnsOf(whole, count)]), [], `after ${count} events`);
  }
});

test("with three runs, one that differs is enough", () => {
  const same = () => turnsOf(new Script().turn(0, {}, [[VILLAGER, true]]));
  assert.deepEqual(differingTurns([same(), same(), turnsOf(new Script().turn(0, {}, []))]), [0]);
  assert.deepEqual(differingTurns([same()]), []);
});

test("neighbours are strictly before and after", () => {
  assert.equal(neighbour([2, 5, 9], 5, 1), 9);
  assert.equal(neighbour([2, 5, 9], 5, -1), 2);
  assert.equal(neighbour([2, 5, 9], 9, 1), null);
  assert.equal(neighbour([], 0, -1), null);
});

test("states are compared by field; the order of buildings does not count", () => {
  const rows = stateRows([world({buildings: ["mill", "house"]}), world({buildings: ["house", "mill"], food: 1_500}), null]);
  assert.deepEqual(rows.filter(row => row.differs).map(row => row.name), ["food"]);
  assert.deepEqual(rows[0].values, [200, 1_500, null]);
});
