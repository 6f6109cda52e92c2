/**
 * The actions of one turn with their results. Pure.
 *
 * A run has tens of thousands, of which few are looked at: they are kept as columns, and an object for one is made when it is
 * asked for.
 *
 * @module turn-actions
 */

/** One action, which is also its row of the trace; its result may still come. */
export class ActionRow {
  #actions;
  #i;

  /**
   * @param {TurnActions} actions
   * @param {number} i position in the turn
   */
  constructor(actions, i) {
    this.#actions = actions;
    this.#i = i;
  }

  get kind() {
    return "action";
  }

  get turn() {
    return this.#actions.turn;
  }

  get item() {
    return this;
  }

  /** The action as the model gave it. */
  get action() {
    return this.#actions.actionAt(this.#i);
  }

  get seq() {
    return this.#actions.seqAt(this.#i);
  }

  /** Whether it changed the state; null until its result is known. */
  get changed() {
    return this.#actions.changedAt(this.#i);
  }

  /** Unique in the trace. */
  get key() {
    return `t${this.turn.t}.action${this.seq}`;
  }

  /** What a search looks at. */
  get text() {
    return JSON.stringify(this.action);
  }
}

export class TurnActions {
  #items = [];
  #seqs = [];
  /** Distance of one seq to the next, if it is always the same; only the first is kept then. */
  #step = null;
  #changed = [];
  /** Numbers in the turn, if they are not their positions because an event is lost. */
  #numbers = null;
  #rows = null;

  /** @param {import("./turns.js").Turn} turn */
  constructor(turn) {
    this.turn = turn;
  }

  get length() {
    return this.#items.length;
  }

  /** Adds an action with its number in the turn, by default the next. */
  add(action, seq, number = this.length) {
    if (this.#numbers === null && number !== this.length) {
      this.#numbers = this.#items.map((_, i) => i);
    }
    if (this.#step !== null) {
      this.#seqs = this.#items.map((_, i) => this.seqAt(i));
      this.#step = null;
    }
    this.#numbers?.push(number);
    this.#items.push(action);
    this.#seqs.push(seq);
    this.#changed.push(null);
  }

  /** Records the result of the action with this number, if it is here. */
  setChanged(number, changed) {
    const i = this.#numbers === null ? number : this.#numbers.indexOf(number);
    if (i >= 0 && i < this.length) {
      this.#changed[i] = changed;
    }
  }

  /** Frees the room for more actions, when there will be none. */
  trim() {
    this.#items = this.#items.slice();
    const [first, second] = this.#seqs;
    if (this.#step === null && second !== undefined && this.#seqs.every((seq, i) => seq === first + i * (second - first))) {
      this.#step = second - first;
      this.#seqs = [first];
    }
    this.#changed = this.#changed.slice();
  }

  actionAt(i) {
    return this.#items[i];
  }

  seqAt(i) {
    return this.#step === null ? this.#seqs[i] : this.#seqs[0] + i * this.#step;
  }

  changedAt(i) {
    return this.#changed[i];
  }

  /** Actions without effect. */
  get withoutEffect() {
    return this.#changed.filter(changed => changed === false).length;
  }

  /** @returns {ActionRow|undefined} */
  at(i) {
    return i >= 0 && i < this.length ? new ActionRow(this, i) : undefined;
  }

  /** The same object for an action each time, until they are released. */
  row(i) {
    this.#rows ??= new Map();
    let row = this.#rows.get(i);
    if (row === undefined) {
      row = new ActionRow(this, i);
      this.#rows.set(i, row);
    }
    return row;
  }

  /** The object of `row`, if it was made. */
  knownRow(i) {
    return this.#rows?.get(i);
  }

  /** Forgets the objects of `row`. */
  release() {
    this.#rows = null;
  }

  * [Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) {
      yield new ActionRow(this, i);
    }
  }
}
