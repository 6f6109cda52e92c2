/** Cost against strength: a point for each player with the interval of its rating, and the line of those that none beats in both. */
import {hasBounds, linear, ticks} from "../comparisons.js";
import {list, money} from "../format.js";
import {html} from "../html.js";

const WIDTH = 480;
const HEIGHT = 300;
const LEFT = 48;
const RIGHT = 20;
const TOP = 16;
const BOTTOM = 44;

export function ParetoPlot({players: all}) {
  const players = all.filter(one => one.rating !== null && Number.isFinite(one.cost_usd_per_run));
  if (players.length === 0) {
    return html`<p class="muted">No cost is known.</p>`;
  }
  const costs = players.map(one => one.cost_usd_per_run);
  const ratings = players.flatMap(({rating}) => hasBounds(rating) ? [rating.low, rating.value, rating.high] : [rating.value]);
  const free = costs.every(cost => cost === 0);
  const xs = free ? [0, 1] : ticks(0, Math.max(...costs), 5);
  const ys = ticks(Math.min(...ratings), Math.max(...ratings), 6);
  const x = free ? () => (LEFT + WIDTH - RIGHT) / 2 : linear([xs[0], xs.at(-1)], [LEFT + 8, WIDTH - RIGHT]);
  const y = linear([ys[0], ys.at(-1)], [HEIGHT - BOTTOM, TOP]);
  const spread = new Map();
  const points = players.map(player => {
    const n = spread.get(player.cost_usd_per_run) ?? 0;
    spread.set(player.cost_usd_per_run, n + 1);
    // Players of one cost stand next to each other, so that each interval is seen.
    return {player, cx: x(player.cost_usd_per_run) + (n === 0 ? 0 : (n % 2 === 1 ? 1 : -1) * Math.ceil(n / 2) * 22), cy: y(player.rating.value)};
  });
  const front = points.filter(({player}) => player.pareto).sort((a, b) => a.cx - b.cx);
  return html`
    <svg class="pareto" viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" data-test="pareto"
        aria-label=${`Rating by cost of a run. Not beaten in both: ${list(front.map(({player}) => player.player))}`}>
      ${ys.map(mark => html`<g key=${`y${mark}`} class="axis"><path d=${`M${LEFT} ${y(mark)}H${WIDTH - RIGHT}`}/><text x=${LEFT - 8} y=${y(mark) + 4}
          text-anchor="end">${String(mark).replace("-", "−")}</text></g>`)}
      ${!free && xs.map(mark => html`<g key=${`x${mark}`} class="axis"><path d=${`M${x(mark)} ${TOP}V${HEIGHT - BOTTOM}`}/><text x=${x(mark)}
          y=${HEIGHT - BOTTOM + 16} text-anchor=${mark === xs.at(-1) ? "end" : "middle"}>${money(mark)}</text></g>`)}
      <text class="axis-name" x=${(LEFT + WIDTH - RIGHT) / 2} y=${HEIGHT - 8} text-anchor="middle">${free ? "all cost nothing" : "cost of a run"}</text>
      <text class="axis-name" transform=${`translate(12 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)`} text-anchor="middle">rating</text>
      ${front.length > 1 && !free && html`<polyline class="front" points=${front.map(({cx, cy}) => `${cx.toFixed(1)},${cy.toFixed(1)}`).join(" ")}/>`}
      ${points.map(({player, cx, cy}) => html`
        <g key=${player.player} class=${player.pareto ? "player pareto-player" : "player"}>
          <title>${player.player}</title>
          ${hasBounds(player.rating) && html`<path d=${`M${cx} ${y(player.rating.low)}V${y(player.rating.high)}`}/>`}
          <circle cx=${cx} cy=${cy} r="9"/>
          <text x=${cx} y=${cy + 4} text-anchor="middle">${player.rank}</text>
        </g>`)}
    </svg>`;
}
