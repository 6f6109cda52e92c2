/**
 * Repeats one read while a view is shown, until nothing more happens there.
 *
 * @module live-read
 */
const POLL_MILLIS = 2_000;

/** The latest answer goes to `onAnswer`, an error to `onProblem`; a hidden page reads nothing. */
export class LiveRead {
  #request;
  #callbacks;
  #abort = new AbortController();
  #timer = null;

  /**
   * @param {(options: {signal: AbortSignal}) => Promise<object>} request such as a GET
   * @param {object} callbacks
   * @param {(answer: object) => void} callbacks.onAnswer
   * @param {(problem: Error) => void} callbacks.onProblem
   * @param {(answer: object) => boolean} [callbacks.hasEnded] by default it never has
   * @param {number} [callbacks.millis] between reads
   */
  constructor(request, callbacks) {
    this.#request = request;
    this.#callbacks = callbacks;
    this.read();
  }

  /** Reads now; goes on if it had ended. */
  read = async () => {
    clearTimeout(this.#timer);
    const {signal} = this.#abort;
    const {onAnswer, onProblem, hasEnded} = this.#callbacks;
    let ended = false;
    try {
      if (!document.hidden) {
        const answer = await this.#request({signal});
        if (signal.aborted) {
          return;
        }
        ended = hasEnded?.(answer) ?? false;
        onAnswer(answer);
      }
    } catch (problem) {
      if (signal.aborted) {
        return;
      }
      ended = problem.mayPass === false;
      onProblem(problem);
    }
    if (!ended && !signal.aborted) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.read, this.#callbacks.millis ?? POLL_MILLIS);
    }
  };

  close() {
    this.#abort.abort();
    clearTimeout(this.#timer);
  }
}
