/**
 * Names from elsewhere in sentences of ours: one that is written from right to left must not turn what is around it. Pure.
 *
 * Where a name has an element, `<bdi>` does this; texts without elements (titles, options, names for screen readers)
 * and sentences of the service, whose names are not marked, take these functions.
 *
 * @module bidi
 */

/** Letters from right to left, and the marks that set a direction. */
const TURNS = "\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}";
/** From the first such letter to the last without a letter from left to right between, with the numbers after it. */
const RUN = new RegExp(`[${TURNS}](?:[^\\p{L}]*[${TURNS}])*(?:[ .:-]?\\p{N}+)*`, "gu");
const ANY = new RegExp(`[${TURNS}]`, "u");

/** A name for a text without elements; unchanged if it cannot turn anything. */
export function isolate(name) {
  const text = String(name ?? "");
  return ANY.test(text) ? `\u2068${text}\u2069` : text;
}

/**
 * The pieces of a sentence: those to isolate, and those between.
 *
 * @param {string} sentence
 * @returns {{text: string, isolated: boolean}[]}
 */
export function pieces(sentence) {
  const text = String(sentence ?? "");
  const found = [];
  let end = 0;
  for (const {0: run, index} of text.matchAll(RUN)) {
    if (index > end) {
      found.push({text: text.slice(end, index), isolated: false});
    }
    found.push({text: run, isolated: true});
    end = index + run.length;
  }
  if (end < text.length) {
    found.push({text: text.slice(end), isolated: false});
  }
  return found;
}

/** A sentence of the service for a text without elements. */
export function isolateNames(sentence) {
  return pieces(sentence).map(({text, isolated}) => isolated ? `\u2068${text}\u2069` : text).join("");
}
