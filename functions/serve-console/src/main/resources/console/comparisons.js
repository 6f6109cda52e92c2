/**
 * Experiments, races and rankings: words, counts, numbers with their intervals, requests. Pure.
 *
 * @module comparisons
 */
import {quantity} from "./format.js";

/** Status of an experiment or a race, in the terms of status.js. */
const STATUSES = {
  waiting: {word: "Waiting", tone: "waiting"},
  running: {word: "Streaming", tone: "streaming"},
  complete: {word: "Complete", tone: "complete"},
  cancelled: {word: "Cancelled", tone: "closed"},
  budget_spent: {word: "Budget spent", tone: "stuck"},
};

/** Status of a cell, which is one run or none. */
const CELL_STATUSES = {
  planned: {word: "planned", tone: "waiting"},
  running: {word: "Streaming", tone: "streaming"},
  complete: {word: "Complete", tone: "complete"},
  failed: {word: "Closed", tone: "closed"},
  not_started: {word: "not started", tone: "waiting"},
};

/** @returns {import("./status.js").Status} of a row or an answer of GET /experiments and GET /races */
export function comparisonStatus(comparison) {
  const {status, waits_for: waitsFor} = comparison;
  const known = STATUSES[status] ?? {word: String(status), tone: "waiting"};
  const n = ahead(comparison);
  return {...known, detail: n !== null ? `${quantity(n)} before it` : status === "waiting" && waitsFor ? "for another comparison" : ""};
}

/** @returns {import("./status.js").Status} of a cell */
export function cellStatus({status, reason, failure}) {
  const known = CELL_STATUSES[status] ?? {word: String(status), tone: "waiting"};
  return {...known, detail: failure ?? reason ?? ""};
}

/** Counts of the cells by status: a race has them next to its cells. */
export function countsOf({cells, cell_counts: counts}) {
  return counts ?? cells;
}

/** Experiments and races before a waiting one; null if it does not wait, or if their number is not known. */
function ahead({status, position}) {
  return status === "waiting" && Number.isInteger(position) && position > 1 ? position - 1 : null;
}

/** What a waiting comparison waits for; empty if it does not wait. */
export function queueText(comparison) {
  const n = ahead(comparison);
  if (n === null && (comparison.status !== "waiting" || !comparison.waits_for)) {
    return "";
  }
  return `${n === null ? "Another experiment or race needs" : n === 1 ? "1 experiment or race before it needs" : `${quantity(n)} experiments and races before it need`
  } the same provider of models. This one starts by itself, within a day or not at all.`;
}

/** Whether runs may still start. */
export function startsRuns({status}) {
  return !["complete", "cancelled", "budget_spent"].includes(status);
}

/** Whether nothing more will happen by itself. Runs that were being played when the budget was spent still end. */
export function hasEnded(comparison) {
  return !startsRuns(comparison) && !(countsOf(comparison)?.running > 0);
}

const ORDER = ["complete", "failed", "running", "planned", "not_started"];

/** Counts of cells in the order in which they are shown, without those that are 0. */
export function progressOf(cells) {
  const parts = ORDER.map(status => ({status, count: cells[status] ?? 0, ...CELL_STATUSES[status]})).filter(({count}) => count > 0);
  const total = parts.reduce((sum, {count}) => sum + count, 0);
  return {parts, total, ended: (cells.complete ?? 0) + (cells.failed ?? 0)};
}

/** A number with its 95 % interval: "12.3 (10 to 14.5)"; "–" without a number. */
export function intervalText(interval, write = quantity) {
  if (interval === null || interval === undefined || !Number.isFinite(interval.value)) {
    return "–";
  }
  return hasBounds(interval) ? `${write(interval.value)} (${write(interval.low)} to ${write(interval.high)})` : write(interval.value);
}

/** Whether an interval has bounds: few runs give none. */
export function hasBounds(interval) {
  return Number.isFinite(interval?.low) && Number.isFinite(interval?.high);
}

/** A share as a percentage: "42 %". */
export function percent(share) {
  return Number.isFinite(share) ? `${Math.round(share * 100)} %` : "–";
}

/** A probability: "0.73". */
export function probability(value) {
  return Number.isFinite(value) ? value.toFixed(2) : "–";
}

/** A p-value: "0.032", "< 0.001". */
export function pValue(p) {
  return !Number.isFinite(p) ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** A difference with its sign, also for 0, which is a result. */
export function difference(value, write = quantity) {
  return value > 0 ? `+${write(value)}` : write(value);
}

const VERDICTS = {
  better: {word: "better", tone: "complete", icon: "check"},
  worse: {word: "worse", tone: "error", icon: "warning"},
  not_distinguishable: {word: "not distinguishable", tone: "muted"},
  deterministic: {word: "deterministic", tone: "muted"},
};

export function verdict(name) {
  return VERDICTS[name] ?? {word: String(name).replaceAll("_", " "), tone: "muted"};
}

/** A scale from a range of values to a range of positions; a range without extent is in the middle. */
export function linear([low, high], [from, to]) {
  return value => high === low ? (from + to) / 2 : from + (to - from) * (value - low) / (high - low);
}

/** Round values that cover a range, at most so many. */
export function ticks(low, high, most = 5) {
  const raw = (high - low || Math.abs(high) || 1) / Math.max(1, most - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map(factor => factor * power).find(one => one >= raw * 0.999);
  const values = [];
  for (let i = Math.floor(low / step + 1e-9); i <= Math.ceil(high / step - 1e-9); i++) {
    values.push(Number((i * step).toPrecision(12)));
  }
  return values.length === 1 ? [values[0], values[0] + step] : values;
}

/**
 * Stacks points that would cover each other.
 *
 * @param {number[]} positions
 * @param {number} width of a point
 * @returns {number[]} for each point, how many are below it
 */
export function stacked(positions, width) {
  const placed = [];
  return positions.map(position => {
    let level = 0;
    while (placed.some(one => one.level === level && Math.abs(one.position - position) < width)) {
      level++;
    }
    placed.push({position, level});
    return level;
  });
}

/** The values of the cells of an arm that have one. */
export function outcomes(cells, field) {
  return cells.filter(cell => Number.isFinite(cell[field])).map(cell => ({cell, value: cell[field]}));
}

/** The numbers of the matches of a race in order: each scenario and round in which all profiles play. */
export function matches(cells) {
  const seen = new Map();
  for (const {scenario, round} of cells) {
    seen.set(`${scenario} ${round}`, {scenario, round});
  }
  return [...seen.values()].sort((a, b) => a.scenario === b.scenario ? a.round - b.round : a.scenario < b.scenario ? -1 : 1);
}

/**
 * Columns of a chart from the courses of several arms, whose turns may differ.
 *
 * @param {{t: number, value: number}[][]} courses
 */
export function courseColumns(courses, write = value => value) {
  const ts = [...new Set(courses.flatMap(course => course.map(({t}) => t)))].sort((a, b) => a - b);
  return [ts, ...courses.map(course => {
    const values = new Map(course.map(({t, value}) => [t, write(value)]));
    return ts.map(t => values.get(t) ?? null);
  })];
}

// ---- requests

/** Whether two profiles play the same, apart from their names: an experiment has no two identical arms. */
export function isSamePlayer(a, b) {
  return a.model === b.model && a.prompt_variant === b.prompt_variant && a.temperature === b.temperature &&
    (a.answer_format ?? "text") === (b.answer_format ?? "text");
}

/** Names that differ: a name that occurs again gets a number. */
export function uniqueNames(names) {
  const used = new Map();
  return names.map(name => {
    const n = (used.get(name) ?? 0) + 1;
    used.set(name, n);
    return n === 1 ? name : `${name} ${n}`;
  });
}

/**
 * The body of POST /experiments for a change of the town or the player against the run as it was.
 *
 * @param {object} plan `parent`, `t`, `mutation`, `profile` (null for the parent's), `replicas`, `nTurns`, `label`
 */
export function replicateRequest({parent, t, mutation, profile, replicas, nTurns, label}) {
  return {
    parent_run_id: parent, parent_t: t, replicas, n_turns: nTurns, control: UNCHANGED,
    arms: [
      {name: UNCHANGED},
      {name: "changed", ...(Object.keys(mutation).length > 0 && {mutation}), ...(profile !== null && {profile})},
    ],
    ...(label !== "" && {label}),
  };
}

/**
 * The body of POST /experiments for several players from the same turn; the parent's player is the control.
 *
 * @param {object} plan as for replicateRequest, with `own` (the parent's profile) and `profiles`
 */
export function profilesRequest({parent, t, mutation, own, profiles, replicas, nTurns, label}) {
  const names = uniqueNames([own.name, ...profiles.map(({name}) => name)]);
  const changed = Object.keys(mutation).length > 0 && {mutation};
  return {
    parent_run_id: parent, parent_t: t, replicas, n_turns: nTurns, control: names[0],
    arms: [{name: names[0], ...changed}, ...profiles.map((profile, i) => ({name: names[i + 1], ...changed, profile}))],
    ...(label !== "" && {label}),
  };
}

/** The body of POST /races; a profile's name that occurs again gets a number. */
export function raceRequest({profiles, scenarios, rounds, nTurns, label}) {
  const names = uniqueNames(profiles.map(({name}) => name));
  return {
    profiles: profiles.map((profile, i) => ({...profile, name: names[i]})), scenarios, rounds, n_turns: nTurns,
    ...(label !== "" && {label}),
  };
}

/** Name of the arm that changes nothing, as in "ends better than unchanged". */
const UNCHANGED = "unchanged";

/** The players of a deployment that call no model: one for each strategy, because those do not depend on a prompt. */
export function scriptedPlayers(profiles) {
  return profiles.filter(({model}, i) => model.split(":")[0] === "scripted" && profiles.findIndex(one => one.model === model) === i);
}

/** A race that costs nothing: the scripted players of the deployment. Null if it has fewer than two. */
export function sampleRace({profiles, scenarios}) {
  const scripted = scriptedPlayers(profiles);
  return scripted.length < 2 ? null : raceRequest({
    profiles: scripted.slice(0, 4), scenarios: scenarios.map(({name}) => name), rounds: 2, nTurns: 30, label: "sample race",
  });
}

/** The run that the sample experiment forks, and the turn. */
export const SAMPLE_PARENT = {scenario: "balanced", n_turns: 12, label: "parent of the sample experiment"};
const SAMPLE_TURN = 10;

/**
 * An experiment that costs nothing: more food, and other strategies, from a turn of a scripted run.
 *
 * @param {object[]} profiles of the deployment
 * @param {string} parent id of a run of SAMPLE_PARENT
 */
export function sampleExperiment(profiles, parent) {
  const others = scriptedPlayers(profiles).filter(({model}) => ["scripted:boom", "scripted:rush"].includes(model));
  return {
    parent_run_id: parent, parent_t: SAMPLE_TURN, replicas: 2, n_turns: 30, control: UNCHANGED, label: "sample experiment",
    arms: [
      {name: UNCHANGED},
      {name: "1 500 food", mutation: {food: 1_500}},
      ...others.map(profile => ({name: profile.model, profile})),
    ],
  };
}

/** A request with a budget in US dollars, unless it is empty; undefined if it is not an amount above 0. */
export function withBudget(request, text) {
  const trimmed = text.trim();
  if (trimmed === "") {
    return request;
  }
  const usd = Number(trimmed);
  return Number.isFinite(usd) && usd > 0 ? {...request, budget: {usd}} : undefined;
}

/** Reads a whole number within bounds; null if it is none. */
export function wholeNumber(text, low, high) {
  const value = /^\d{1,4}$/.test(String(text).trim()) ? Number(text) : NaN;
  return value >= low && value <= high ? value : null;
}
