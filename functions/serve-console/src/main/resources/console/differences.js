/**
 * Where runs part: turns whose actions or states differ. Pure.
 *
 * @module differences
 */

/** Compares plain JSON values by content. */
export function equal(a, b) {
  if (a === b) {
    return true;
  }
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) {
    return false;
  }
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && equal(a[key], b[key]));
}

/** Whether two turns took the same actions with the same results. */
function sameActions(a, b) {
  return a.actions.length === b.actions.length && [...a.actions].every((one, i) =>
    equal(one.action, b.actions.actionAt(i)) && one.changed === b.actions.changedAt(i));
}

/**
 * Turns at which actions differ, over all runs that have the turn.
 *
 * A turn counts if at least two runs have answered it; the newest turn of a running run, whose answer or results are
 * not all there yet, does not, because it would be a difference now and none a moment later.
 *
 * @param {import("./turns.js").Turns[]} runs
 * @returns {number[]} in order
 */
export function differingTurns(runs) {
  const differing = [];
  const all = new Set(runs.flatMap(run => run.list.map(turn => turn.t)));
  for (const t of [...all].sort((a, b) => a - b)) {
    const turns = runs.map(run => run.at(t)).filter(turn => turn !== null && isAnswered(turn));
    if (turns.length >= 2 && turns.some(turn => !sameActions(turns[0], turn))) {
      differing.push(t);
    }
  }
  return differing;
}

function isAnswered(turn) {
  return turn.response !== null && turn.actions.length >= turn.response.nActions &&
    [...turn.actions].every(action => action.changed !== null);
}

/** The next number in the ordered list after (direction 1) or before (-1) `t`; null if there is none. */
export function neighbour(list, t, direction) {
  if (direction > 0) {
    return list.find(one => one > t) ?? null;
  }
  return list.findLast(one => one < t) ?? null;
}

/** Numeric and named fields of a state side by side, in the order of a town's panel. */
export const COMPARED_FIELDS = [
  {name: "food", label: "Food"},
  {name: "wood", label: "Wood"},
  {name: "gold", label: "Gold"},
  {name: "stone", label: "Stone"},
  {name: "population", label: "Population"},
  {name: "pop_cap", label: "Pop. cap"},
  {name: "age", label: "Age"},
  {name: "buildings", label: "Buildings"},
  {name: "villager_queue", label: "In training"},
  {name: "age_up_ticks_remaining", label: "Age-up"},
];

/**
 * Rows of a table of states.
 *
 * @param {(object|null)[]} states of each run at the turn; null where it has none
 * @returns {{name: string, label: string, values: any[], differs: boolean}[]}
 */
export function stateRows(states) {
  return COMPARED_FIELDS.map(({name, label}) => {
    const values = states.map(state => state === null ? null : comparable(name, state[name]));
    const present = values.filter(value => value !== null);
    return {name, label, values, differs: present.some(value => !equal(value, present[0]))};
  });
}

function comparable(name, value) {
  return name === "buildings" ? [...value].sort() : value;
}
