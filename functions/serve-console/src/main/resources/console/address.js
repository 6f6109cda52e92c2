/**
 * Addresses of the console: every state has one, in the fragment, such as `#/runs/5eed…?t=17`.
 *
 * @module address
 */

const RUN_ID = /^[0-9a-f]{32}$/;

/** Runs in one comparison. */
export const MAX_COMPARED = 6;

/** Views and the parameters that their addresses keep, in order. */
const PARAMETERS = {
  runs: ["status", "text", "parent"],
  run: ["t", "fork", "panel", "kinds", "text"],
  compare: ["run", "t"],
  operations: [],
  start: ["scenario"],
  tree: [],
  unknown: [],
};

/**
 * @typedef {object} Route
 * @property {"runs"|"run"|"compare"|"operations"|"start"|"tree"|"unknown"} view
 * @property {string} [id] the run of `run` and `tree`
 * @property {object} params by name; `run` of a comparison is a list, `t` a number
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
  if (path.length === 2 && path[0] === "runs" && RUN_ID.test(path[1])) {
    return {view: "run", id: path[1]};
  }
  if (path.length === 2 && path[0] === "tree" && RUN_ID.test(path[1])) {
    return {view: "tree", id: path[1]};
  }
  if (path.length === 1 && ["compare", "operations", "start"].includes(path[0])) {
    return {view: path[0]};
  }
  return {view: "unknown"};
}

function parameters(view, query) {
  const params = {};
  for (const name of PARAMETERS[view]) {
    if (view === "compare" && name === "run") {
      params.run = [...new Set(query.getAll("run"))].filter(id => RUN_ID.test(id)).slice(0, MAX_COMPARED);
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
  const path = {
    runs: "", run: `runs/${id}`, compare: "compare", operations: "operations", start: "start", tree: `tree/${id}`,
    unknown: "",
  }[view];
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
