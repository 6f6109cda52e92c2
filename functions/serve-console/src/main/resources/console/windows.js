/**
 * Windows of virtual lists: which rows are in view. Pure.
 *
 * @module windows
 */

/**
 * The window of a list whose rows have one height.
 *
 * @returns {{from: number, to: number}} rows to render, `to` exclusive
 */
export function fixedWindow({count, height, scrollTop, viewport, overscan = 6}) {
  const first = Math.floor(scrollTop / height);
  const from = Math.max(0, Math.min(count, first - overscan));
  return {from, to: Math.max(from, Math.min(count, Math.ceil((scrollTop + viewport) / height) + overscan))};
}

/** Positions of rows with different heights, which are known once a row was rendered. */
export class Positions {
  #rows = [];
  #heights = new Uint16Array(0);
  /** Sums of whole pixels, which are exact up to 16 million. */
  #tops = new Float32Array(1);
  #measured = new WeakMap();
  #guess;

  /** @param {(row: object) => number} guess height of a row that was not rendered yet */
  constructor(guess) {
    this.#guess = guess;
  }

  /** Sets the rows, an array or a list like one. Measured heights are kept for the same objects. */
  setRows(rows) {
    this.#rows = rows;
    if (this.#heights.length < rows.length) {
      const room = Math.ceil(rows.length * 1.25);
      this.#heights = new Uint16Array(room);
      this.#tops = new Float32Array(room + 1);
    }
    rows.forEach((row, i) => {
      this.#heights[i] = this.#measured.get(row) ?? this.#guess(row);
    });
    this.#sum(0);
  }

  /**
   * Records the heights of rows that are rendered, from this index on.
   *
   * @param {number} from
   * @param {number[]} heights
   * @returns {boolean} whether any is news
   */
  measure(from, heights) {
    let first = -1;
    heights.forEach((height, i) => {
      const index = from + i;
      if (index < this.#rows.length && this.#heights[index] !== height) {
        this.#heights[index] = height;
        this.#measured.set(this.#rows.at(index), height);
        first = first < 0 ? index : first;
      }
    });
    if (first >= 0) {
      this.#sum(first);
    }
    return first >= 0;
  }

  /** Forgets measured heights, as after a change of the width. */
  reset() {
    this.#measured = new WeakMap();
  }

  get total() {
    return this.#tops[this.#rows.length];
  }

  top(index) {
    return this.#tops[Math.max(0, Math.min(index, this.#rows.length))];
  }

  /** The row at this offset. */
  indexAt(offset) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return Math.min(low, Math.max(0, this.#rows.length - 1));
  }

  /** Rows to render, `to` exclusive. */
  window(scrollTop, viewport, overscan = 200) {
    if (this.#rows.length === 0) {
      return {from: 0, to: 0};
    }
    return {
      from: this.indexAt(Math.max(0, scrollTop - overscan)),
      to: Math.min(this.#rows.length, this.indexAt(scrollTop + viewport + overscan) + 1),
    };
  }

  #sum(from) {
    for (let i = from; i < this.#rows.length; i++) {
      this.#tops[i + 1] = this.#tops[i] + this.#heights[i];
    }
  }
}
