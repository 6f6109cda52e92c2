/**
 * The turn in view, shared by the views that walk a game: keys, play, follow, and the turn in the address.
 *
 * @module player
 */

const ADDRESS_MILLIS = 200;

/**
 * Moves a component's turn. The component's state has `t` (null while following), `playing` and `speed`.
 */
export class Player {
  #component;
  #range;
  #address;
  #timer = null;
  #playTimer = null;

  /**
   * @param {import("./html.js").Component} component
   * @param {() => {first: number, last: number, turn: number, step: (n: number) => number}|null} range
   *     null while there is no turn; `step` is the turn so many further on, because a lost one is passed over
   * @param {(t: number|null) => void} address puts the turn into the address
   */
  constructor(component, range, address) {
    this.#component = component;
    this.#range = range;
    this.#address = address;
  }

  /** Goes to a turn; at an end it stays there. */
  go = t => {
    const range = this.#range();
    if (range !== null) {
      this.#set(Math.max(range.first, Math.min(range.last, t)));
    }
  };

  by(step) {
    const range = this.#range();
    if (range !== null) {
      this.pause();
      this.go(range.step(step));
    }
  }

  follow = () => {
    this.pause();
    this.#set(null);
  };

  /** Stops to follow, at the turn in view. */
  hold() {
    const range = this.#range();
    if (range !== null) {
      this.#set(range.turn);
    }
  }

  toggleFollow = () => {
    if (this.#component.state.t === null) {
      this.hold();
    } else {
      this.follow();
    }
  };

  toggle = () => {
    if (this.#component.state.playing) {
      this.pause();
      return;
    }
    const range = this.#range();
    if (range === null) {
      return;
    }
    this.#set(range.turn >= range.last ? range.first : range.turn);
    this.#component.setState({playing: true});
    this.#tick();
  };

  pause() {
    clearTimeout(this.#playTimer);
    if (this.#component.state.playing) {
      this.#component.setState({playing: false});
    }
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#playTimer);
  }

  /** Keys for the help and the page. */
  keys() {
    return [
      {key: "ArrowRight", shift: false, shown: "→", does: "next turn", run: () => this.by(1)},
      {key: "ArrowLeft", shift: false, shown: "←", does: "turn back", run: () => this.by(-1)},
      {key: "ArrowRight", shift: true, shown: "⇧ →", does: "ten turns on", run: () => this.by(10)},
      {key: "ArrowLeft", shift: true, shown: "⇧ ←", does: "ten turns back", run: () => this.by(-10)},
      {key: "Home", shown: "Home", does: "first turn", run: () => this.go(-Infinity)},
      {key: "End", shown: "End", does: "last turn", run: () => this.go(Infinity)},
      {key: " ", shown: "Space", does: "play or pause", run: this.toggle},
      {key: "f", shown: "f", does: "follow the newest turn", run: this.follow},
    ];
  }

  #tick() {
    clearTimeout(this.#playTimer);
    this.#playTimer = setTimeout(() => {
      const range = this.#range();
      if (!this.#component.state.playing || range === null) {
        return;
      }
      if (range.turn >= range.last) {
        this.pause();
        return;
      }
      this.#set(range.step(1));
      this.#tick();
    }, 1_000 / this.#component.state.speed);
  }

  #set(t) {
    this.#component.setState({t});
    // Browsers limit how often an address may change, and a scrub passes many turns.
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#address(t), ADDRESS_MILLIS);
  }
}
