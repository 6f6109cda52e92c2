/**
 * Score and cost so far of running runs in the list, from their events: each event is read once. Pure but for its reads.
 *
 * @module running-scores
 */
import {scoreOf} from "./world.js";

/** Runs that are read at a time: those in view, with a bound. */
export const MAX_RUNS = 8;
/** Events of one read; a run that has more is up to date after the next ones. */
const PAGE = 200;

/**
 * @typedef {object} SoFar
 * @property {object|null} score as of the newest turn that was read; null before the first
 * @property {number} costUsd
 * @property {boolean} complete whether all events up to the last read are counted
 */
export class RunningScores {
  #api;
  #runs = new Map();

  /** @param {import("./api.js").Api} api */
  constructor(api) {
    this.#api = api;
  }

  /** @returns {SoFar|undefined} of a run that was read */
  of(runId) {
    return this.#runs.get(runId);
  }

  /**
   * Reads on the events of these runs, and forgets all others.
   *
   * @param {{run_id: string, n_events: number}[]} rows of running runs
   * @param {{signal: AbortSignal}} options
   */
  async read(rows, options) {
    const some = rows.slice(0, MAX_RUNS);
    const wanted = new Set(some.map(row => row.run_id));
    [...this.#runs.keys()].filter(id => !wanted.has(id)).forEach(id => this.#runs.delete(id));
    await Promise.all(some.map(row => this.#readOne(row, options).catch(() => {}))); // the list's own read shows the connection's state
  }

  async #readOne({run_id: id, n_events: nEvents}, options) {
    const known = this.#runs.get(id) ?? {score: null, costUsd: 0, next: 1, complete: false};
    if (known.next > nEvents) {
      return;
    }
    const page = await this.#api.get(`/events?${new URLSearchParams({run_id: id, from_seq: known.next, limit: PAGE})}`, options);
    let {score, costUsd, next} = known;
    for (const {seq, kind, payload} of page.events) {
      if (kind === "turn_start" && payload?.state) {
        score = scoreOf(payload.state);
      } else if (kind === "llm_response") {
        costUsd += payload?.cost_usd ?? 0;
      }
      next = seq + 1;
    }
    this.#runs.set(id, {score, costUsd, next, complete: next > nEvents});
  }
}
