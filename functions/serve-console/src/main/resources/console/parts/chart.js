/** One chart over turns, drawn by uPlot: cursor shared by all charts of a page, a line at the turn in view. */
import uPlot from "../vendor/uplot.js";
import {Component, createRef, html} from "../html.js";
import {quantity} from "../format.js";

const styles = document.createElement("link");
styles.rel = "stylesheet";
styles.href = new URL("../vendor/uplot.css", import.meta.url).href;
document.head.append(styles);

const FONT = "11px system-ui, sans-serif";

/** Colours of the theme as canvas takes them; read again when the theme changes. */
const colors = new Map();
function color(name) {
  let value = colors.get(name);
  if (value === undefined) {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    value = getComputedStyle(probe).color;
    probe.remove();
    colors.set(name, value);
  }
  return value;
}
for (const [target, type] of [[document, "themechange"], [matchMedia("(prefers-color-scheme: dark)"), "change"]]) {
  target.addEventListener(type, () => {
    colors.clear();
    requestAnimationFrame(() => document.dispatchEvent(new Event("colorschanged")));
  });
}

/**
 * @typedef {object} Series
 * @property {string} label
 * @property {string} color name of a colour in tokens.css
 * @property {number[]} [dash]
 * @property {number} [width]
 */
export class Chart extends Component {
  root = createRef();
  state = {hovered: null};

  componentDidMount() {
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.root.current);
    document.addEventListener("colorschanged", this.redraw);
    this.make();
  }

  componentDidUpdate(before) {
    const {columns, version, series, turn, marks, bands, to} = this.props;
    if (before.series.map(one => one.label + one.color).join() !== series.map(one => one.label + one.color).join()) {
      this.plot.destroy();
      this.make();
    } else if (before.version !== version || before.columns[0].length !== columns[0].length || before.to !== to) {
      this.plot.setData(columns);
    } else if (before.marks !== marks || before.bands !== bands) {
      this.plot.redraw(false);
    }
    if (before.turn !== turn) {
      this.placeTurn();
    }
  }

  componentWillUnmount() {
    this.resized.disconnect();
    document.removeEventListener("colorschanged", this.redraw);
    this.plot.destroy();
  }

  redraw = () => this.plot.redraw(false);

  fit() {
    const {clientWidth: width, clientHeight: height} = this.root.current;
    if (width > 0 && height > 0) {
      this.plot.setSize({width, height});
      this.placeTurn();
    }
  }

  make() {
    const {series, columns, syncKey, onTurn} = this.props;
    const axis = {stroke: () => color("--muted"), grid: {stroke: () => color("--grid"), width: 1}, ticks: {show: false}, font: FONT};
    this.line = document.createElement("div");
    this.line.className = "chart-turn";
    this.plot = new uPlot({
      width: Math.max(10, this.root.current.clientWidth),
      height: Math.max(10, this.root.current.clientHeight),
      padding: [8, 12, 0, 0],
      legend: {show: false},
      cursor: {y: false, drag: {x: false, y: false}, sync: {key: syncKey}, points: {size: 6}},
      scales: {
        x: {time: false, range: () => this.range()},
        y: {range: (_, min, max) => [0, Math.max(10, (max ?? 0) * (this.props.bands === undefined ? 1.08 : 1.2))]}, // names of ages
      },
      axes: [
        {...axis, size: 24, gap: 4, space: 48, incrs: [1, 2, 5, 10, 20, 50, 100]},
        {...axis, size: 48, gap: 4, space: 28, values: (_, values) => values.map(short)},
      ],
      series: [{}, ...series.map(one => ({
        label: one.label, stroke: () => color(one.color), width: one.width ?? 1.75, dash: one.dash, points: {show: plot => plot.data[0].length === 1, size: 6}, spanGaps: false,
      }))],
      hooks: {
        drawClear: [plot => this.drawBands(plot)],
        draw: [plot => this.drawMarks(plot), () => this.placeTurn()], // scales are set by now
        setCursor: [plot => this.hover(plot.cursor.idx ?? null)],
        ready: [plot => {
          plot.over.append(this.line);
          plot.over.addEventListener("click", event => onTurn(Math.round(plot.posToVal(event.offsetX, "x"))));
        }],
      },
    }, columns, this.root.current);
    this.placeTurn();
  }

  /** From the first turn to the last, or to the last that is expected, so that a live curve grows into its place. */
  range() {
    const [ts] = this.props.columns;
    const first = ts[0] ?? 0;
    return [first, Math.max(first + 1, ts.at(-1) ?? 0, this.props.to ?? 0)];
  }

  hover(index) {
    const {left} = this.plot?.cursor ?? {left: -1};
    const hovered = left < 0 ? null : index;
    if (hovered !== this.state.hovered) {
      this.setState({hovered});
    }
  }

  placeTurn() {
    const {turn, columns} = this.props;
    const visible = turn !== null && columns[0].length > 0;
    this.line.hidden = !visible;
    if (visible) {
      this.line.style.transform = `translateX(${this.plot.valToPos(turn, "x").toFixed(1)}px)`;
    }
  }

  /** Every second age has its own ground; each has its name at its start. */
  drawBands(plot) {
    const {ctx, bbox} = plot;
    ctx.save();
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.textBaseline = "top";
    ctx.textAlign = "left";
    (this.props.bands ?? []).forEach((band, i, all) => {
      const left = Math.max(bbox.left, plot.valToPos(band.from, "x", true));
      const right = i === all.length - 1 ? bbox.left + bbox.width : plot.valToPos(band.to, "x", true);
      if (i % 2 === 1) {
        ctx.fillStyle = color("--age-band");
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      }
      if (right - left > ctx.measureText(band.age).width + 8 * devicePixelRatio) {
        ctx.fillStyle = color("--muted");
        ctx.fillText(band.age, left + 4 * devicePixelRatio, bbox.top + devicePixelRatio);
      }
    });
    ctx.restore();
  }

  /** Forks are triangles at the foot of the chart, differences ticks: there may be one in each turn. */
  drawMarks(plot) {
    const {ctx, bbox} = plot;
    const size = 4 * devicePixelRatio;
    const foot = bbox.top + bbox.height;
    ctx.save();
    for (const mark of this.props.marks ?? []) {
      const x = plot.valToPos(mark.t, "x", true);
      ctx.fillStyle = color(mark.kind === "fork" ? "--accent" : "--stuck");
      if (mark.kind === "difference") {
        ctx.fillRect(x - devicePixelRatio, foot - size, 2 * devicePixelRatio, size);
        continue;
      }
      ctx.beginPath();
      ctx.moveTo(x, foot - size * 2);
      ctx.lineTo(x + size, foot);
      ctx.lineTo(x - size, foot);
      ctx.fill();
    }
    ctx.restore();
  }

  render({title, series, columns, turn, unnamed}, {hovered}) {
    const index = hovered ?? (turn === null ? -1 : columns[0].indexOf(turn));
    return html`
      <figure class="chart">
        <figcaption class="legend">
          <span class="legend-title">${title}</span>
          ${series.map((one, i) => html`
            <span class="legend-item" key=${one.label} title=${one.label}>
              <svg class="legend-line" viewBox="0 0 16 4" aria-hidden="true"><path d="M0 2h16" class=${`stroke${one.color}`}
                  stroke-dasharray=${one.dash?.join(" ")}/></svg>
              <span class=${unnamed ? "sr-only" : "clip"}><bdi>${one.label}</bdi></span> <b>${index >= 0 ? quantity(columns[i + 1]?.[index] ?? NaN) : ""}</b>
            </span>`)}
        </figcaption>
        <div class="chart-plot" ref=${this.root} role="img" aria-label=${`${title} by turn`}></div>
      </figure>`;
  }
}

function short(value) {
  return value >= 1e6 ? `${value / 1e6}M` : value >= 1e4 ? `${value / 1e3}k` : String(value);
}
