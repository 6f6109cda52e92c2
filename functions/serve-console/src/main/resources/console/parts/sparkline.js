/** A course in the size of a word. */
import {html} from "../html.js";

const WIDTH = 200;
const HEIGHT = 32;

export function Sparkline({values, label}) {
  const max = Math.max(...values, 1);
  const step = WIDTH / Math.max(1, values.length - 1);
  const points = values.map((value, i) => `${(i * step).toFixed(1)},${(HEIGHT - 1 - (HEIGHT - 3) * value / max).toFixed(1)}`);
  return html`
    <svg class="sparkline" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label=${label}>
      <path class="base" d=${`M0 ${HEIGHT - 1}H${WIDTH}`}/>
      ${points.length > 1 && html`<polyline points=${points.join(" ")}/>`}
    </svg>`;
}
