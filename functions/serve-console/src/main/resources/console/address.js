/**
 * Addresses of the console: every state has one, in the fragment, such as `#/runs/5eed…?t=17`.
 *
 * @module address
 */

const ID = /^[0-9a-f]{32}$/;

/** Runs in one comparison. */
export const MAX_COMPARED = 6;

/** Races in one ranking. */
const MAX_RANKED = 20;

/** Views and the parameters that their addresses keep, in order. */
const PARAMETERS = {
  runs: ["status", "text", "parent"],
  run: ["t", "fork", "panel", "kinds", "text"],
  compare: ["run", "t"],
  operations: [],
  start: ["scenario"],
  tree: [],
  experiments: [],
  experiment: [],
  races: [],
  race: [],
  "new-race": [],
  ranking: ["race", "by", "scenario", "model", "prompt", "from", "to"],
  unknown: [],
};

/** Views at paths without an id. */
const PATHS = {
  compare: "compare", operations: "operations", start: "start", experiments: "experiments", races: "races", ranking: "ranking",
  "new-race": "races/new",
};

/** Views of one thing, by the first part of their path. */
const OF_ID = {runs: "run", tree: "tree", experiments: "experiment", races: "race"};

/** Lists among the parameters: of ids, without repeats. */
const LISTS = {compare: {run: MAX_COMPARED}, ranking: {race: MAX_RANKED}};

/**
 * @typedef {object} Route
 * @property {string} view a name of PARAMETERS
 * @property {string} [id] the run of `run` and `tree`, the `experiment` or the `race`
 * @property {object} params by name; `run` of a comparison and `race` of a ranking are lists, `t` is a number
 */

/**
 * Parses a fragment; an address that is not known gives the view `unknown`.
 *
 * @param {string} hash with or without `#`
 * @returns {Route}
 */
export function parse(hash) {
  const text = hash.replace(/^#/, "");
  const question = text.indexOf("?");
  const path = (question < 0 ? text : text.slice(0, question)).split("/").filter(part => part !== "");
  const query = new URLSearchParams(question < 0 ? "" : text.slice(question + 1));
  const route = fromPath(path);
  return {...route, params: parameters(route.view, query)};
}

function fromPath(path) {
  if (path.length === 0 || (path.length === 1 && path[0] === "runs")) {
    return {view: "runs"};
  }
  if (path.length === 2 && Object.hasOwn(OF_ID, path[0]) && ID.test(path[1])) {
    return {view: OF_ID[path[0]], id: path[1]};
  }
  const found = Object.keys(PATHS).find(view => PATHS[view] === path.join("/"));
  return {view: found ?? "unknown"};
}

function parameters(view, query) {
  const params = {};
  for (const name of PARAMETERS[view]) {
    const most = LISTS[view]?.[name];
    if (most !== undefined) {
      params[name] = [...new Set(query.getAll(name))].filter(id => ID.test(id)).slice(0, most);
    } else if (name === "t") {
      const t = query.get("t");
      if (t !== null && /^\d{1,9}$/.test(t)) {
        params.t = Number(t);
      }
    } else if (query.get(name)) {
      params[name] = query.get(name).slice(0, 200);
    }
  }
  return params;
}

/**
 * Formats a route as a fragment. Empty parameters are left out, so that equal states have equal addresses.
 *
 * @param {Route} route
 * @returns {string} with `#`
 */
export function format({view, id, params = {}}) {
  const folder = Object.keys(OF_ID).find(name => OF_ID[name] === view);
  const path = folder === undefined ? PATHS[view] ?? "" : `${folder}/${id}`;
  const query = new URLSearchParams();
  for (const name of PARAMETERS[view]) {
    const value = params[name];
    if (Array.isArray(value)) {
      value.forEach(one => query.append(name, one));
    } else if (value !== undefined && value !== null && value !== "") {
      query.set(name, String(value));
    }
  }
  const text = query.toString();
  return `#/${path}${text === "" ? "" : `?${text}`}`;
}

/** Address of a run at a turn. */
export function runAddress(id, t) {
  return format({view: "run", id, params: {t}});
}

/** Address of a comparison. */
export function compareAddress(ids, t) {
  return format({view: "compare", params: {run: ids, t}});
}

/** Address of an experiment. */
export function experimentAddress(id) {
  return format({view: "experiment", id});
}

/** Address of a race. */
export function raceAddress(id) {
  return format({view: "race", id});
}

/** Address of the ranking of races. */
export function rankingAddress(races) {
  return format({view: "ranking", params: {race: races}});
}
