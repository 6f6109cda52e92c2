/**
 * Events of a run, grouped by turn as the views show them. Pure: no page, no network.
 *
 * @module turns
 */

/**
 * @typedef {object} Turn
 * @property {number} t
 * @property {object|null} state the world before the turn's actions
 * @property {object|null} observation
 * @property {string|null} prompt the line that the model was given
 * @property {{reasoning: string, actions: object[], cost_usd: number}|null} response
 * @property {{index: number, action: any, changed: boolean|null, seq: number}[]} actions
 * @property {object|null} fork payload of the fork event
 * @property {object|null} mutation payload of the world_mutation event
 * @property {{name: string, value: number, seq: number}[]} metrics
 * @property {Object<string, number>} seqs seq by kind
 * @property {number|null} modelMillis time from prompt to response
 * @property {number} version changes whenever the turn does
 */

/** Builds the turns from events in the order of seq. */
export class Turns {
  /** @type {Turn[]} in order of t, without repeats */
  list = [];
  /** Changes with every event. */
  version = 0;
  nEvents = 0;
  lastSeq = 0;
  costUsd = 0;
  lastTs = null;
  #byT = new Map();
  #promptAt = new Map();

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
        t, state: null, observation: null, prompt: null, response: null, actions: [], fork: null, mutation: null,
        metrics: [], seqs: {}, modelMillis: null, version: 0,
      };
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
        // A payload that could not be read is shown as such, not as an empty turn.
        turn.response = payload ?? {reasoning: null, actions: [], cost_usd: 0};
        this.costUsd += payload?.cost_usd ?? 0;
        turn.modelMillis = Date.parse(event.ts) - this.#promptAt.get(event.t);
        break;
      case "action":
        turn.actions.push({
          index: payload?.index_in_turn ?? turn.actions.length, action: payload?.action ?? null, changed: null,
          seq: event.seq,
        });
        break;
      case "action_result": {
        const action = turn.actions.find(one => one.index === payload?.index_in_turn);
        if (action !== undefined) {
          action.changed = payload.state_changed;
        }
        break;
      }
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

/** Kinds by which the trace can be filtered, with their labels. */
export const KINDS = [
  {kind: "changes", label: "Changes"},
  {kind: "prompt", label: "Prompt"},
  {kind: "reasoning", label: "Reasoning"},
  {kind: "action", label: "Actions"},
  {kind: "observation", label: "Seen"},
  {kind: "metric", label: "Metrics"},
];

/**
 * The rows of one turn in the trace, in order of seq.
 *
 * @param {Turn} turn
 * @returns {{key: string, kind: string, turn: Turn, text: string, item?: object}[]} `text` is what a search looks at
 */
export function rowsOf(turn) {
  const rows = [{key: `t${turn.t}`, kind: "turn", turn, text: ""}];
  const push = (kind, key, text, item) => rows.push({key: `t${turn.t}.${key}`, kind, turn, text, item});
  if (turn.fork !== null) {
    push("changes", "fork", `fork ${turn.fork.mutation_summary}`, {fork: turn.fork});
  }
  if (turn.mutation !== null) {
    push("changes", "mutation", `${turn.mutation.reason} ${turn.mutation.after_summary}`, {mutation: turn.mutation});
  }
  if (turn.observation !== null) {
    push("observation", "observation", (turn.observation.classes ?? []).join(" "));
  }
  if (turn.prompt !== null) {
    push("prompt", "prompt", turn.prompt);
  }
  if (turn.response !== null) {
    push("reasoning", "reasoning", turn.response.reasoning ?? "");
  }
  for (const action of turn.actions) {
    push("action", `a${action.seq}`, JSON.stringify(action.action), action);
  }
  for (const metric of turn.metrics) {
    push("metric", `m${metric.seq}`, String(metric.name), metric);
  }
  return rows;
}

/** Flattens the turns into rows of the trace; keeps the rows of turns that did not change. */
export class TraceRows {
  #cache = new Map();

  /**
   * @param {Turn[]} turns
   * @param {{kinds: Set<string>|null, text: string}} filter `kinds` null for all
   * @param {{from: number, to: number, lost: boolean}[]} gaps ranges of seq to mark
   */
  rows(turns, {kinds, text}, gaps = []) {
    const needle = text.trim().toLowerCase();
    const result = [];
    const marks = [...gaps].sort((a, b) => a.from - b.from);
    for (const turn of turns) {
      const firstSeq = Math.min(...Object.values(turn.seqs));
      while (marks.length > 0 && marks[0].from <= firstSeq) {
        result.push(gapRow(marks.shift()));
      }
      let cached = this.#cache.get(turn.t);
      if (cached === undefined || cached.version !== turn.version) {
        cached = {version: turn.version, rows: rowsOf(turn)};
        this.#cache.set(turn.t, cached);
      }
      const [head, ...rest] = cached.rows;
      const shown = rest.filter(row =>
        (kinds === null || kinds.has(row.kind)) && (needle === "" || row.text.toLowerCase().includes(needle)));
      if (shown.length > 0 || (needle === "" && kinds === null)) {
        result.push(head, ...shown);
      }
    }
    marks.forEach(mark => result.push(gapRow(mark)));
    return result;
  }
}

function gapRow(gap) {
  return {key: `gap${gap.from}`, kind: "gap", turn: null, text: "", item: gap};
}
