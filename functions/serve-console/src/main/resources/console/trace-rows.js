/**
 * The rows of the trace: each turn's, in order of seq, filtered. Pure.
 *
 * A run has tens of thousands of rows, of which those in view are made, and those of a few turns are kept.
 *
 * @module trace-rows
 */

/** Kinds by which the trace can be filtered, with their labels. */
export const KINDS = [
  {kind: "changes", label: "Changes"},
  {kind: "prompt", label: "Prompt"},
  {kind: "reasoning", label: "Reasoning"},
  {kind: "action", label: "Actions"},
  {kind: "observation", label: "Seen"},
  {kind: "metric", label: "Metrics"},
];

/** A row of the trace, but for those of actions; its text is made when it is asked for. */
class Row {
  /**
   * @param {string} kind
   * @param {Turn|null} turn null for a gap
   * @param {object} [item] the action, metric, change or gap
   */
  constructor(kind, turn, item) {
    this.kind = kind;
    this.turn = turn;
    this.item = item;
  }

  /** Unique in the trace. */
  get key() {
    const {kind, turn, item} = this;
    if (turn === null) {
      return `gap${item.from}`;
    }
    return kind === "turn" ? `t${turn.t}` : `t${turn.t}.${kind}${item?.seq ?? ""}${item?.fork === undefined ? "" : "fork"}`;
  }

  /** What a search looks at. */
  get text() {
    const {kind, turn, item} = this;
    switch (kind) {
      case "changes":
        return item.fork === undefined ? `${item.mutation.reason} ${item.mutation.after_summary}` : `fork ${item.fork.mutation_summary}`;
      case "observation":
        return (turn.observation.classes ?? []).join(" ");
      case "prompt":
        return turn.prompt;
      case "reasoning":
        return turn.response.reasoning ?? "";
      case "metric":
        return String(item.name);
      default:
        return "";
    }
  }
}

/** The rows before those of the actions. */
function rowsBefore(turn) {
  const rows = [new Row("turn", turn)];
  if (turn.fork !== null) {
    rows.push(new Row("changes", turn, {fork: turn.fork}));
  }
  if (turn.mutation !== null) {
    rows.push(new Row("changes", turn, {mutation: turn.mutation}));
  }
  if (turn.observation !== null) {
    rows.push(new Row("observation", turn));
  }
  if (turn.prompt !== null) {
    rows.push(new Row("prompt", turn));
  }
  if (turn.response !== null) {
    rows.push(new Row("reasoning", turn));
  }
  return rows;
}

/** Turns whose rows of actions are kept once they were looked at. */
const KEPT_TURNS = 32;
/** Stands for the row of an action that was not made, for what its kind is enough for. */
const ANY_ACTION = Object.freeze({kind: "action"});

/** The rows of a part of the trace: those before the actions, the actions, those after; or those of a filter. */
class Part {
  /**
   * @param {Row[]} before
   * @param {import("./turn-actions.js").TurnActions|null} actions
   * @param {number[]|null} shown positions of the actions shown; null for all
   * @param {Row[]} after
   */
  constructor(before, actions = null, shown = null, after = []) {
    this.before = before;
    this.actions = actions;
    this.shown = shown;
    this.after = after;
    /** As of now; more may come. */
    this.nActions = shown?.length ?? actions?.length ?? 0;
  }

  get length() {
    return this.before.length + this.nActions + this.after.length;
  }

  /** Position of an action among those of its turn. */
  position(n) {
    return this.shown?.[n] ?? n;
  }
}

/** Rows by their index, made when they are asked for. */
class RowList {
  #parts;
  #starts = [];
  #touch;
  length = 0;

  constructor(parts, touch) {
    this.#parts = parts;
    this.#touch = touch;
    for (const part of parts) {
      this.#starts.push(this.length);
      this.length += part.length;
    }
  }

  at(i) {
    let low = 0;
    let high = this.#parts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle] <= i) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    const part = this.#parts[low];
    const within = i - this.#starts[low];
    if (within < part.before.length) {
      return part.before[within];
    }
    const n = within - part.before.length;
    if (n < part.nActions) {
      this.#touch(part.actions);
      return part.actions.row(part.position(n));
    }
    return part.after[n - part.nActions];
  }

  slice(from, to) {
    return Array.from({length: Math.max(0, Math.min(to, this.length) - from)}, (_, i) => this.at(from + i));
  }

  /** Index of the head of a turn; -1 if the turn is not shown. */
  indexOfTurn(t) {
    const at = this.#parts.findIndex(({before}) => before[0].kind === "turn" && before[0].turn.t === t);
    return at < 0 ? -1 : this.#starts[at];
  }

  /** Calls back with each row in order; rows of actions that were not looked at are all the same. */
  forEach(callback) {
    let i = 0;
    for (const part of this.#parts) {
      part.before.forEach(row => callback(row, i++));
      for (let n = 0; n < part.nActions; n++) {
        callback(part.actions.knownRow(part.position(n)) ?? ANY_ACTION, i++);
      }
      part.after.forEach(row => callback(row, i++));
    }
  }

  * [Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) {
      yield this.at(i);
    }
  }
}

/** Makes the rows of turns; keeps those of turns that did not change. */
export class TraceRows {
  #cache = new Map();
  #touched = new Set();

  /**
   * @param {import("./turns.js").Turn[]} turns
   * @param {{kinds: Set<string>|null, text: string}} filter `kinds` null for all
   * @param {{from: number, to: number, lost: boolean}[]} gaps ranges of seq to mark
   * @returns {RowList}
   */
  rows(turns, {kinds, text}, gaps = []) {
    const needle = text.trim().toLowerCase();
    const parts = [];
    const marks = [...gaps].sort((a, b) => a.from - b.from);
    for (const turn of turns) {
      const firstSeq = Math.min(...Object.values(turn.seqs));
      while (marks.length > 0 && marks[0].from <= firstSeq) {
        parts.push(new Part([new Row("gap", null, marks.shift())]));
      }
      const all = this.#partOf(turn);
      const part = needle === "" && kinds === null ? all : filtered(all, kinds, needle);
      if (part !== null) {
        parts.push(part);
      }
    }
    marks.forEach(mark => parts.push(new Part([new Row("gap", null, mark)])));
    return new RowList(parts, this.#touch);
  }

  #partOf(turn) {
    let cached = this.#cache.get(turn.t);
    if (cached === undefined || cached.version !== turn.version) {
      cached = {version: turn.version, part: new Part(rowsBefore(turn), turn.actions, null, turn.metrics.map(metric => new Row("metric", turn, metric)))};
      this.#cache.set(turn.t, cached);
    }
    return cached.part;
  }

  #touch = actions => {
    this.#touched.delete(actions);
    this.#touched.add(actions); // to the end of the order
    if (this.#touched.size > KEPT_TURNS) {
      const [oldest] = this.#touched;
      oldest.release();
      this.#touched.delete(oldest);
    }
  };
}

/** What a filter leaves of a turn, under its head; null if that is nothing. */
function filtered({before: [head, ...before], actions, after}, kinds, needle) {
  const matches = row => (kinds === null || kinds.has(row.kind)) && (needle === "" || row.text.toLowerCase().includes(needle));
  const shown = [];
  for (let i = 0; i < actions.length; i++) {
    if (matches(actions.at(i))) {
      shown.push(i);
    }
  }
  const part = new Part([head, ...before.filter(matches)], actions, shown, after.filter(matches));
  return part.length > 1 ? part : null;
}
