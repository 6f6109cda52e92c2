/**
 * The town, drawn from a state as plain vector shapes of our own: an isometric ground of tiles, on which each kind of
 * building has its quarter. The same state always gives the same picture.
 */
import {Component, html} from "../html.js";
import {buildingLabel, describeTown} from "../world.js";

/** Half the width and height of a tile. */
const TW = 24;
const TH = 12;
const ORIGIN = {x: 320, y: 54};
const SIZE = 12;

/** Where buildings of a kind stand, in the order in which they are built; further ones are counted. */
const SITES = {
  house: [[3, 8], [2, 9], [4, 9.2], [1, 7.6], [5, 8.3], [3, 10.2], [1, 10], [5.3, 10.2], [0.6, 8.8], [6.4, 9.4]],
  mill: [[8.6, 4.4], [10.2, 5.6]],
  farm: [[8, 6.2], [9.6, 7.2], [8, 7.8], [9.6, 8.8], [8, 9.4], [6.6, 7.4]],
  lumber_camp: [[1.4, 3.4], [0.6, 5.2]],
  mining_camp: [[7.6, 1.2], [9.6, 1.8]],
  blacksmith: [[2.9, 5.7], [6.9, 3]],
  dock: [[10.2, 10.2], [11, 8.6]],
};

const TREES = [[0.4, 0.6], [1.3, 0.4], [0.5, 1.6], [2.2, 0.9], [1.4, 1.5], [0.3, 2.6], [3.1, 0.4], [1.1, 2.4], [2.4, 1.9], [0.4, 3.7],
  [4, 0.9], [0.3, 6.6], [11.5, 0.6], [11.4, 3.1], [6.2, 11.5]];
const ROCKS = [[8.9, 0.5], [9.7, 0.9], [10.6, 0.7], [7.2, 0.5]];

/** Places of villagers, spread so that few overlap. */
const PLACES = Array.from({length: 36}, (_, i) => {
  const angle = i * 2.39996; // the golden angle
  const radius = 1.9 + 0.52 * Math.sqrt(i * 3);
  return [5.4 + radius * Math.cos(angle), 5.4 + radius * Math.sin(angle)];
}).filter(([i, j]) => i > 0.4 && j > 0.4 && i < 11.4 && j < 11.4 && i + j < 19.6);

export class Town extends Component {
  /** Drawn again only for another state: turns that scroll by elsewhere do not touch it. */
  shouldComponentUpdate(next) {
    return next.state !== this.props.state || next.label !== this.props.label;
  }

  render({state, label = "Town", plain = false}) {
    const counts = new Map();
    for (const name of state.buildings) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const things = [
      {depth: 8.9, key: "centre", shape: Centre(state)},
      ...TREES.map(([i, j], n) => ({depth: i + j, key: `tree${n}`, shape: Tree(i, j, n)})),
      ...ROCKS.map(([i, j], n) => ({depth: i + j, key: `rock${n}`, shape: Rock(i, j, n)})),
      ...[...counts].flatMap(([name, n]) => buildings(name, n)),
      ...PLACES.slice(0, Math.max(0, Math.min(state.population, PLACES.length)))
          .map(([i, j], n) => ({depth: i + j + 0.1, key: `villager${n}`, shape: Villager(i, j, n)})),
    ].sort((a, b) => a.depth - b.depth);
    return html`
      <svg class="town" viewBox="0 0 640 366" role="img" aria-label=${`${label}: ${describeTown(state)}`} data-test="town"
          preserveAspectRatio="xMidYMid meet">
        <${Ground}/>
        ${things.map(({key, shape}) => html`<g key=${key} class="thing">${shape}</g>`)}
        ${badges(counts)}
        ${!plain && progress(state)}
      </svg>`;
  }
}

/** A point of the ground on the screen, `z` above it. */
function at(i, j, z = 0) {
  return [ORIGIN.x + (i - j) * TW, ORIGIN.y + (i + j) * TH - z];
}

function points(...corners) {
  return corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
}

function face(name, ...corners) {
  return html`<polygon class=${name} points=${points(...corners)}/>`;
}

/** The drawing's ground never changes. */
class Ground extends Component {
  shouldComponentUpdate() {
    return false;
  }

  render() {
    const tiles = [];
    for (let i = 0; i < SIZE; i++) {
      for (let j = 0; j < SIZE; j++) {
        const isWater = i + j >= 19 && i >= 8 && j >= 7;
        const isPath = (i === 5 && j > 5) || (j === 5 && i > 5 && i < 11) || (i === 4 && j === 4) || (j === 5 && i < 5 && i > 1);
        const name = isWater ? "water" : isPath ? "path" : (i * 7 + j * 3) % 5 < 2 ? "grass-alt" : "grass";
        tiles.push(html`<polygon key=${i * SIZE + j} class=${`t-${name}`}
            points=${points(at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1))}/>`);
      }
    }
    const depth = 14;
    return html`
      <g>
        ${face("t-edge", at(0, SIZE), at(SIZE, SIZE), at(SIZE, SIZE, -depth), at(0, SIZE, -depth))}
        ${face("t-edge-dark", at(SIZE, SIZE), at(SIZE, 0), at(SIZE, 0, -depth), at(SIZE, SIZE, -depth))}
        ${tiles}
        <path class="t-wave" d=${wave(9.6, 10.8) + wave(10.8, 9.8) + wave(10.4, 11.3) + wave(11.2, 11)}/>
      </g>`;
  }
}

function wave(i, j) {
  const [x, y] = at(i, j);
  return `M${x - 8} ${y}q4 -3 8 0t8 0`;
}

/** Walls of a box, seen from the front: left, right. */
function walls(i, j, w, d, h, name = "wall") {
  return [
    face(`t-${name}`, at(i, j + d), at(i + w, j + d), at(i + w, j + d, h), at(i, j + d, h)),
    face(`t-${name}-dark`, at(i + w, j + d), at(i + w, j), at(i + w, j, h), at(i + w, j + d, h)),
  ];
}

/** A hipped roof with eaves. */
function roof(i, j, w, d, h, rise, name = "roof") {
  const e = 0.12;
  const [a, b, c, f] = [at(i - e, j - e, h), at(i + w + e, j - e, h), at(i + w + e, j + d + e, h), at(i - e, j + d + e, h)];
  const top = at(i + w / 2, j + d / 2, h + rise);
  return [
    face(`t-${name}-dark`, a, b, top), face(`t-${name}`, a, f, top),
    face(`t-${name}`, f, c, top), face(`t-${name}-dark`, c, b, top),
  ];
}

/** A gable roof whose ridge runs along i. */
function gable(i, j, w, d, h, rise, name = "roof") {
  const e = 0.12;
  const left = at(i - e, j + d / 2, h + rise);
  const right = at(i + w + e, j + d / 2, h + rise);
  return [
    face(`t-${name}-dark`, at(i - e, j - e, h), at(i + w + e, j - e, h), right, left),
    face("t-wall-dark", at(i + w, j, h), at(i + w, j + d, h), at(i + w, j + d / 2, h + rise)),
    face(`t-${name}`, at(i - e, j + d + e, h), at(i + w + e, j + d + e, h), right, left),
  ];
}

/** A door in the left wall. */
function door(i, j, height = 9) {
  return face("t-timber-dark", at(i, j), at(i + 0.3, j), at(i + 0.3, j, height), at(i, j, height));
}

/** The town centre grows with the age. */
function Centre(state) {
  const rank = Math.max(0, ["Dark Age", "Feudal Age", "Castle Age", "Imperial Age"].indexOf(state.age));
  const [i, j] = [3.5, 3.5];
  const roofName = rank === 0 ? "thatch" : rank === 1 ? "roof" : "roof-2";
  const wallName = rank >= 2 ? "rock" : "wall";
  const towers = rank >= 2 ? [[i - 0.2, j + 1.7], [i + 1.7, j - 0.2], [i + 1.7, j + 1.7]] : [];
  const h = 20 + rank * 3;
  const [x, y] = at(i + 1, j + 1, h + 22 + rank * 2);
  return html`
    <g>
      ${walls(i, j, 2, 2, h, wallName)}
      ${door(i + 0.8, j + 2, 13)}
      ${roof(i, j, 2, 2, h, 20 + rank * 2, roofName)}
      ${rank >= 1 && [walls(i + 0.65, j + 0.65, 0.7, 0.7, h + 22, wallName), roof(i + 0.65, j + 0.65, 0.7, 0.7, h + 22, 9, roofName)]}
      ${towers.map(([ti, tj]) => [walls(ti, tj, 0.5, 0.5, h + 10, "rock"), roof(ti, tj, 0.5, 0.5, h + 10, 9, "roof-2")])}
      <path class="t-pole" d=${`M${x} ${y - (rank >= 1 ? 6 : 0)}v-22`}/>
      <path class=${`t-flag t-flag-${rank}`} d=${`M${x} ${y - 22 - (rank >= 1 ? 6 : 0)}h16l-4 4.5 4 4.5h-16Z`}/>
    </g>`;
}

const DRAWN = {
  house: (i, j) => [walls(i, j, 0.95, 0.95, 11), door(i + 0.3, j + 0.95, 8), gable(i, j, 0.95, 0.95, 11, 10, "thatch")],
  mill: (i, j) => {
    const [x, y] = at(i + 1, j + 0.5, 22);
    return [walls(i, j, 1, 1, 18), door(i + 0.35, j + 1), roof(i, j, 1, 1, 18, 13),
      html`<path class="t-sail" d=${`M${x - 11} ${y - 11}l22 22M${x + 11} ${y - 11}l-22 22`}/><circle class="t-timber"
          cx=${x} cy=${y} r="2"/>`];
  },
  lumber_camp: (i, j) => {
    const [x, y] = at(i + 0.4, j + 1.5);
    return [walls(i, j, 1.2, 0.9, 9, "timber"), gable(i, j, 1.2, 0.9, 9, 9, "thatch"),
      [0, 7, 3.5].map((dx, n) => html`<circle class="t-log" cx=${x + dx} cy=${y - (n === 2 ? 6 : 0)} r="3.4"/>`)];
  },
  mining_camp: (i, j) => {
    const [x, y] = at(i + 1.5, j + 0.7);
    return [walls(i, j, 1.1, 1, 9, "timber"), gable(i, j, 1.1, 1, 9, 8, "roof-2"),
      html`<path class="t-rock" d=${`M${x - 7} ${y + 3}l4 -8 6 1 4 7Z`}/><path class="t-ore"
          d=${`M${x - 1} ${y + 2}l3 -5 4 2 1 3Z`}/>`];
  },
  farm: (i, j) => {
    const point = (a, b) => at(a, b).map(v => v.toFixed(1)).join(" ");
    const rows = [0.2, 0.5, 0.8, 1.1].map(k => `M${point(i + k, j + 0.08)}L${point(i + k, j + 1.3)}`);
    return [face("t-soil", at(i, j), at(i + 1.35, j), at(i + 1.35, j + 1.35), at(i, j + 1.35)), html`<path class="t-crop"
        d=${rows.join("")}/>`];
  },
  blacksmith: (i, j) => {
    const [x, y] = at(i + 0.85, j + 0.3, 30);
    return [walls(i, j, 1.15, 1, 12, "rock"), door(i + 0.4, j + 1), gable(i, j, 1.15, 1, 12, 10, "roof-2"),
      html`<path class="t-chimney" d=${`M${x - 3} ${y + 9}v-10h6v12`}/><path class="t-smoke"
          d=${`M${x} ${y - 4}c-4 -4 4 -6 0 -10`}/>`];
  },
  dock: (i, j) => {
    const [x, y] = at(i + 1, j + 1);
    return [face("t-timber", at(i - 0.6, j), at(i + 0.9, j), at(i + 0.9, j + 0.5), at(i - 0.6, j + 0.5)),
      walls(i - 0.6, j - 0.1, 0.7, 0.7, 9, "timber"), roof(i - 0.6, j - 0.1, 0.7, 0.7, 9, 8, "thatch"),
      html`<path class="t-boat" d=${`M${x - 12} ${y - 2}q12 10 24 0Z`}/><path class="t-canvas"
          d=${`M${x} ${y - 3}v-17l9 14Z`}/>`];
  },
};

function buildings(name, n) {
  const sites = SITES[name];
  if (sites === undefined) {
    return []; // a building of a later version is in the list of numbers
  }
  return sites.slice(0, n).map(([i, j], k) => ({depth: i + j + (name === "farm" ? 0.4 : 1), key: `${name}${k}`, shape: DRAWN[name](i, j)}));
}

/** How many there are of a kind, where not all have a site. */
function badges(counts) {
  return [...counts].filter(([name, n]) => n > (SITES[name]?.length ?? Infinity)).map(([name, n]) => {
    const [x, y] = at(SITES[name][0][0] + 0.5, SITES[name][0][1] + 0.5, 34);
    const text = `${n} ${buildingLabel(name)}s`;
    const width = text.length * 6 + 10;
    return html`
      <g key=${name} class="t-badge">
        <rect x=${x - width / 2} y=${y - 9} width=${width} height="16" rx="8"/><text x=${x} y=${y + 3}
            text-anchor="middle">${text}</text>
      </g>`;
  });
}

/** Training and age-up, as labelled bars in the corner. */
function progress(state) {
  const bars = [];
  if (state.age_up_ticks_remaining > 0) {
    const left = state.age_up_ticks_remaining;
    bars.push({label: `next age in ${left}`, share: Math.max(0, 1 - left / 6), name: "age"});
  }
  for (const left of state.villager_queue.slice(0, 4)) {
    bars.push({label: `villager in ${left}`, share: Math.max(0, 1 - left / 3.5), name: "villager"});
  }
  const more = state.villager_queue.length - 4;
  return html`
    <g class="t-progress">
      ${bars.map(({label, share, name}, n) => html`
        <g key=${n} transform=${`translate(12 ${20 + n * 26})`}>
          <text>${label}</text>
          <rect class="track" y="5" width="92" height="5" rx="2.5"/>
          <rect class=${name} y="5" width=${(92 * share).toFixed(1)} height="5" rx="2.5"/>
        </g>`)}
      ${more > 0 && html`<text x="12" y=${20 + bars.length * 26}>and ${more} more</text>`}
    </g>`;
}

function Tree(i, j, n) {
  const [x, y] = at(i, j);
  const s = 0.85 + (n * 37 % 10) / 28;
  return html`
    <g transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${s.toFixed(2)})`}>
      <path class="t-timber" d="M-1.5 0v-8h3v8Z"/>
      <path class="t-leaf" d="M0 -34 -9 -16h4L-11 -6h11Z"/><path class="t-leaf-dark" d="M0 -34 9 -16h-4L11 -6H0Z"/>
    </g>`;
}

function Rock(i, j, n) {
  const [x, y] = at(i, j);
  return html`
    <g transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${n % 2 === 0 ? 1 : -0.85} ${n % 2 === 0 ? 1 : 0.85})`}>
      <path class="t-rock" d="M-10 3 -6 -8 1 -11 3 4Z"/><path class="t-rock-dark" d="M1 -11 9 -4 10 3 3 4Z"/>
      ${n < 2 && html`<path class="t-ore" d="M-4 -3l3 -3 2 3 -2 3Z"/>`}
    </g>`;
}

function Villager(i, j, n) {
  const [x, y] = at(i, j);
  return html`
    <g transform=${`translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(1.3)`}>
      <path class=${`t-cloth t-cloth-${n % 3}`} d="M-3.2 0v-5a3.2 3.2 0 0 1 6.4 0v5Z"/><circle class="t-skin" cy="-10"
          r="2.6"/>
    </g>`;
}
