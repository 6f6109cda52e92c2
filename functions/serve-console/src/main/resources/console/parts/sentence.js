/** A sentence of the service: it reads from left to right, also around a name from right to left. */
import {pieces} from "../bidi.js";
import {html} from "../html.js";

export function Sentence({text}) {
  return pieces(text).map((piece, i) => piece.isolated ? html`<bdi key=${i}>${piece.text}</bdi>` : piece.text);
}
