/** A status: word, colour and shape, the same everywhere. */
import {isolateNames} from "../bidi.js";
import {html} from "../html.js";
import {Sentence} from "./sentence.js";

const SHAPES = {
  streaming: html => html`<circle cx="6" cy="6" r="3.5" class="fill pulse"/>`,
  waiting: html => html`<circle cx="6" cy="6" r="3.5" class="stroke dashed"/>`,
  complete: html => html`<path d="M2.5 6.5 5 9l4.5-6" class="stroke"/>`,
  closed: html => html`<rect x="2.5" y="2.5" width="7" height="7" rx="1" class="fill"/>`,
  error: html => html`<path d="M3 3l6 6M9 3l-6 6" class="stroke"/>`,
  stuck: html => html`<path d="M6 1.5 11 10.5H1ZM6 5v2.5" class="stroke"/>`,
};

export function StatusBadge({status, test}) {
  return html`
    <span class="status" data-tone=${status.tone} data-test=${test} data-status=${status.word}>
      <svg viewBox="0 0 12 12" aria-hidden="true">${SHAPES[status.tone](html)}</svg>
      <span class="status-word">${status.word}</span>
      ${status.detail && html`<span class="status-detail clip" title=${isolateNames(status.detail)}><${Sentence}
          text=${status.detail}/></span>`}
    </span>`;
}
