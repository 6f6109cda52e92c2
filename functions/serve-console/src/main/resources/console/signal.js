/**
 * A value with subscribers.
 *
 * @module signal
 */
export class Signal {
  #value;
  #listeners = new Set();

  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  /** Sets the value; subscribers are called if it is another one. */
  set(value) {
    if (!Object.is(value, this.#value)) {
      this.#value = value;
      [...this.#listeners].forEach(listener => listener(value));
    }
  }

  /** @returns {() => void} ends the subscription */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
