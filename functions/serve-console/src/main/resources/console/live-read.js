/**
 * Reads one address again and again while a view is shown: quickly while something happens, not at all after that.
 *
 * @module live-read
 */
const POLL_MILLIS = 2_000;

/** The latest answer goes to `onAnswer`, an error to `onProblem`; a hidden page reads nothing. */
export class LiveRead {
  #api;
  #path;
  #callbacks;
  #abort = new AbortController();
  #timer = null;

  /**
   * @param {import("./api.js").Api} api
   * @param {string} path
   * @param {{onAnswer: (answer: object) => void, onProblem: (problem: Error) => void, hasEnded: (answer: object) => boolean}} callbacks
   */
  constructor(api, path, callbacks) {
    this.#api = api;
    this.#path = path;
    this.#callbacks = callbacks;
    this.read();
  }

  /** Reads now. */
  read = async () => {
    clearTimeout(this.#timer);
    const {signal} = this.#abort;
    let ended = false;
    try {
      if (!document.hidden) {
        const answer = await this.#api.get(this.#path, {signal});
        ended = this.#callbacks.hasEnded(answer);
        this.#callbacks.onAnswer(answer);
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      ended = problem.mayPass === false;
      this.#callbacks.onProblem(problem);
    }
    if (!ended && !signal.aborted) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.read, POLL_MILLIS);
    }
  };

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }
}
