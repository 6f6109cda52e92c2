/** A number between 0 and 1 with its interval, as a small bar. */
import {hasBounds} from "../comparisons.js";
import {html} from "../html.js";

const WIDTH = 96;
const HEIGHT = 16;

export function IntervalBar({interval, middle, label}) {
  const x = value => Math.round(2 + Math.max(0, Math.min(1, value)) * (WIDTH - 4));
  return html`
    <svg class="interval-bar" width=${WIDTH} height=${HEIGHT} viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${label}>
      <title>${label}</title>
      <path class="base" d=${`M2 8H${WIDTH - 2}${middle === undefined ? "" : `M${x(middle)} 2V14`}`}/>
      ${hasBounds(interval) && html`<path class="range" d=${`M${x(interval.low)} 8H${x(interval.high)}`}/>`}
      <circle class="value" cx=${x(interval.value)} cy="8" r="4"/>
    </svg>`;
}
