/**
 * A fork in preparation: what was typed, whether it is valid, the request. Pure.
 *
 * @module forks
 */
import {quantity} from "./format.js";
import {FIELDS} from "./world.js";

/** @typedef {Object<string, string>} Draft what was typed, by field; absent fields are not edited */

/**
 * Reads a draft.
 *
 * @param {Draft} draft
 * @param {object} state of the town at the turn
 * @param {object} limits of GET /deployment
 * @returns {{mutation: object, errors: Object<string, string>}} `mutation` has the fields that differ from the state
 */
export function readDraft(draft, state, limits) {
  const mutation = {};
  const errors = {};
  for (const {name, type} of FIELDS) {
    if (!Object.hasOwn(draft, name)) {
      continue;
    }
    if (type === "age") {
      mutation[name] = draft[name];
    } else {
      const max = type === "resource" ? limits.max_resource : limits.max_population;
      const value = Number(draft[name].trim() === "" ? NaN : draft[name].trim());
      if (!Number.isFinite(value) || value < 0 || value > max || (type === "count" && !Number.isInteger(value))) {
        errors[name] = `${type === "count" ? "whole, " : ""}0 to ${quantity(max)}`;
        continue;
      }
      mutation[name] = value;
    }
    if (mutation[name] === state[name]) {
      delete mutation[name];
    }
  }
  return {mutation, errors};
}

/** Reads a number of turns; null if it is not one within the limits. */
export function readTurns(text, limits) {
  const value = /^\d{1,4}$/.test(String(text).trim()) ? Number(text) : NaN;
  return value <= limits.max_turns ? value : null;
}

/**
 * The body of POST /forks.
 *
 * @param {object} fork
 * @param {string} fork.parent
 * @param {number} fork.t
 * @param {object} fork.mutation
 * @param {number} fork.nTurns
 * @param {string} fork.reason
 * @param {object|null} fork.profile null for the parent's
 */
export function forkRequest({parent, t, mutation, nTurns, reason, profile}) {
  return {
    parent_run_id: parent,
    parent_t: t,
    ...(Object.keys(mutation).length > 0 && {mutation}),
    n_turns: nTurns,
    ...(reason.trim() !== "" && {reason: reason.trim()}),
    ...(profile !== null && {profile}),
  };
}

/**
 * The control that an error of the service is about: its `field` in the names of the page.
 *
 * @param {{field?: string}} problem
 * @returns {string} such as `food`, `n_turns`, `profile`, `reason`; `form` if it is about none of them
 */
export function controlOf(problem) {
  const [head, part] = String(problem.field ?? "").split(".", 2);
  if (head === "mutation") {
    return FIELDS.some(field => field.name === part) ? part : "form";
  }
  return ["n_turns", "reason", "profile", "label", "scenario"].includes(head) ? head : "form";
}
