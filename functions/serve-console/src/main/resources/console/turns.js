/**
 * Events of a run, grouped by turn as the views show them. Pure: no page, no network.
 *
 * @module turns
 */

import {TurnActions} from "./turn-actions.js";

/**
 * @typedef {object} Turn
 * @property {number} t
 * @property {object|null} state the world before the turn's actions
 * @property {object|null} observation
 * @property {string|null} prompt the line that the model was given
 * @property {{reasoning: string, nActions: number, costUsd: number, usage: object|null}|null} response
 * @property {TurnActions} actions
 * @property {object|null} fork payload of the fork event
 * @property {object|null} mutation payload of the world_mutation event
 * @property {{name: string, value: number, seq: number}[]} metrics
 * @property {Object<string, number>} seqs seq by kind
 * @property {number|null} modelMillis time of the model's call, if it is known; else from prompt to response
 * @property {number} version changes whenever the turn does
 */

/** Bounds of the actions that are kept once: their number, and the characters of each. */
const MAX_SHARED = 1_000;
const MAX_SHARED_TEXT = 200;

/** Builds the turns from events in the order of seq. */
export class Turns {
  /** @type {Turn[]} in order of t, without repeats */
  list = [];
  /** Changes with every event. */
  version = 0;
  nEvents = 0;
  lastSeq = 0;
  costUsd = 0;
  /** Tokens and time of all calls of the model so far; empty if none were recorded. */
  usage = {};
  lastTs = null;
  #byT = new Map();
  #promptAt = new Map();
  #actions = new Map();

  /** Adds events; duplicates (by seq) are ignored. */
  add(events) {
    for (const event of events) {
      if (event.seq > this.lastSeq) {
        this.lastSeq = event.seq;
        this.nEvents++;
        this.lastTs = event.ts;
        this.#addOne(event);
      }
    }
    this.version++;
  }

  /** The turn with this number, or null. */
  at(t) {
    return this.#byT.get(t) ?? null;
  }

  get first() {
    return this.list[0] ?? null;
  }

  /** The newest turn that has a state. */
  get newest() {
    for (let i = this.list.length - 1; i >= 0; i--) {
      if (this.list[i].state !== null) {
        return this.list[i];
      }
    }
    return null;
  }

  /** The turn nearest to this number, of those with a state; null if there is none. */
  nearest(t) {
    const exactly = this.at(t);
    if (exactly !== null && exactly.state !== null) {
      return exactly;
    }
    let best = null;
    for (const turn of this.list) {
      if (turn.state !== null && (best === null || Math.abs(turn.t - t) < Math.abs(best.t - t))) {
        best = turn;
      }
    }
    return best;
  }

  /** The number of the turn so many turns with a state further on, or back; the last or first if there are fewer. */
  step(t, n) {
    const ts = this.list.filter(turn => turn.state !== null).map(turn => turn.t);
    const at = ts.indexOf(t);
    return ts[Math.max(0, Math.min(ts.length - 1, at + n))];
  }

  /** Columns for charts: t, then one list of values for each field. */
  columns(fields) {
    const columns = [[], ...fields.map(() => [])];
    for (const turn of this.list) {
      if (turn.state !== null) {
        columns[0].push(turn.t);
        fields.forEach((field, i) => columns[i + 1].push(turn.state[field]));
      }
    }
    return columns;
  }

  /** Spans of turns with the same age: [{age, from, to}], `to` exclusive but for the last. */
  ages() {
    const spans = [];
    for (const {t, state} of this.list) {
      if (state === null) {
        continue;
      }
      const last = spans.at(-1);
      if (last === undefined || last.age !== state.age) {
        if (last !== undefined) {
          last.to = t;
        }
        spans.push({age: state.age, from: t, to: t});
      } else {
        last.to = t;
      }
    }
    return spans;
  }

  #turn(t) {
    let turn = this.#byT.get(t);
    if (turn === undefined) {
      turn = {
        t, state: null, observation: null, prompt: null, response: null, actions: null, fork: null, mutation: null,
        metrics: [], seqs: {}, modelMillis: null, version: 0,
      };
      turn.actions = new TurnActions(turn);
      this.list.at(-1)?.actions.trim();
      this.#byT.set(t, turn);
      // Nearly always the last; a metric may name an earlier turn.
      let i = this.list.length;
      while (i > 0 && this.list[i - 1].t > t) {
        i--;
      }
      this.list.splice(i, 0, turn);
    }
    return turn;
  }

  /** One object for actions that are the same, because models repeat themselves. */
  #shared(action) {
    const text = JSON.stringify(action);
    if (text.length > MAX_SHARED_TEXT) {
      return action;
    }
    const known = this.#actions.get(text);
    if (known === undefined && this.#actions.size < MAX_SHARED) {
      this.#actions.set(text, action);
    }
    return known ?? action;
  }

  #addOne(event) {
    const turn = this.#turn(event.t);
    const payload = event.payload ?? null;
    turn.version++;
    turn.seqs[event.kind] ??= event.seq;
    switch (event.kind) {
      case "turn_start":
        turn.state = payload?.state ?? null;
        break;
      case "observation":
        turn.observation = payload;
        break;
      case "llm_prompt":
        turn.prompt = payload?.state_summary ?? null;
        this.#promptAt.set(event.t, Date.parse(event.ts));
        break;
      case "llm_response":
        // A payload that could not be read is shown as such, not as an empty turn. The actions have events of their own.
        turn.response = payload === null ? {reasoning: null, nActions: 0, costUsd: 0, usage: null}
          : {reasoning: payload.reasoning, nActions: payload.actions?.length ?? 0, costUsd: payload.cost_usd, usage: payload.usage ?? null};
        this.costUsd += payload?.cost_usd ?? 0;
        turn.modelMillis = payload?.usage?.model_ms ?? Date.parse(event.ts) - this.#promptAt.get(event.t);
        this.#promptAt.delete(event.t);
        addUsage(this.usage, payload?.usage);
        break;
      case "action":
        turn.actions.add(this.#shared(payload?.action ?? null), event.seq, payload?.index_in_turn);
        break;
      case "action_result":
        if (payload !== null) {
          turn.actions.setChanged(payload.index_in_turn, payload.state_changed);
        }
        break;
      case "fork":
        turn.fork = payload;
        break;
      case "world_mutation":
        turn.mutation = payload;
        break;
      case "metric":
        turn.metrics.push({name: payload?.name, value: payload?.value, seq: event.seq});
        break;
      default: // a kind of a later version
        break;
    }
  }
}

function addUsage(sum, usage) {
  for (const [name, value] of Object.entries(usage ?? {})) {
    sum[name] = (sum[name] ?? 0) + value;
  }
}
