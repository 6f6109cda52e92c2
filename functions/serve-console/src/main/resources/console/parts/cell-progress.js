/** How far an experiment or a race is: a bar, and the counts in words. */
import {progressOf} from "../comparisons.js";
import {quantity} from "../format.js";
import {html} from "../html.js";

export function CellProgress({cells, words = true}) {
  const {parts, total, ended} = progressOf(cells);
  return html`
    <div class="cell-progress" data-test="cell-progress">
      <span class="cell-bar" role="img" aria-label=${`${ended} of ${total} runs have ended`}>
        ${parts.map(({status, count}) => html`<span key=${status} class=${`cell-part part-${status}`}
            style=${{flexGrow: count}}></span>`)}
      </span>
      <span class="nowrap">${quantity(ended)}<span class="muted">/${quantity(total)}</span></span>
      ${words && html`<span class="muted small">${parts.map(({count, word}) => `${quantity(count)} ${word.toLowerCase()}`).join(", ")}</span>`}
    </div>`;
}
