/** A rating with its interval, which is below it where there is little room. */
import {hasBounds} from "../comparisons.js";
import {html} from "../html.js";

export function Rating({of: rating}) {
  if (rating === null) {
    return "–";
  }
  return html`${written(rating.value)}${hasBounds(rating) && html`<span class="interval nowrap"> (${written(rating.low)} to ${written(rating.high)})</span>`}`;
}

function written(value) {
  return value.toFixed(2).replace("-", "−");
}
