/** The runs of each arm as points on one scale, with the mean and its interval; every point leads to its run. */
import {isolate} from "../bidi.js";
import {hasBounds, intervalText, linear, outcomes, stacked, ticks} from "../comparisons.js";
import {cut} from "../format.js";
import {Component, createRef, html} from "../html.js";

const LEFT = 12;
const RIGHT = 16;
const RADIUS = 4;
const POINT = 9;
const NAME = 20;
const AXIS = 24;
const MEAN = 18;
/** Levels of points on top of each other; more would make one arm as high as the page. */
const MAX_LEVELS = 8;

/**
 * @param {object} props
 * @param {object[]} props.arms of GET /experiments/{id}
 * @param {string} props.field of a cell, and the arm's interval of the same name
 * @param {(value: number) => string} props.write
 */
export class DotPlot extends Component {
  root = createRef();
  state = {width: 640};

  componentDidMount() {
    this.resized = new ResizeObserver(([entry]) => {
      const width = Math.round(entry.contentRect.width);
      if (width > 0 && width !== this.state.width) {
        this.setState({width});
      }
    });
    this.resized.observe(this.root.current);
  }

  componentWillUnmount() {
    this.resized.disconnect();
  }

  /** The scale covers all points and intervals. */
  scale() {
    const {arms, field} = this.props;
    const values = arms.flatMap(arm => [
      ...outcomes(arm.cells, field).map(({value}) => value),
      ...(hasBounds(arm[field]) ? [arm[field].low, arm[field].high] : []),
    ]);
    if (values.length === 0) {
      return null;
    }
    const marks = ticks(Math.min(...values), Math.max(...values), Math.max(2, Math.min(7, Math.floor(this.state.width / 90))));
    return {marks, x: linear([marks[0], marks.at(-1)], [LEFT, this.state.width - RIGHT])};
  }

  render({arms, field, label, write}, {width}) {
    const scale = this.scale();
    if (scale === null) {
      return html`<div class="dot-plot" ref=${this.root}><p class="muted">No run has ended yet.</p></div>`;
    }
    const {marks, x} = scale;
    let top = 0;
    const rows = arms.map((arm, i) => {
      const points = outcomes(arm.cells, field);
      const levels = stacked(points.map(({value}) => x(value)), POINT);
      const height = NAME + (Math.min(MAX_LEVELS, Math.max(0, ...levels) + 1)) * POINT + MEAN;
      const row = {arm, i, points, levels, top, base: top + height - MEAN};
      top += height + 8;
      return row;
    });
    return html`
      <div class="dot-plot" ref=${this.root} data-test="dot-plot">
        <svg width=${width} height=${top + AXIS} viewBox=${`0 0 ${width} ${top + AXIS}`} role="group"
            aria-label=${`${label} of each run, by arm`}>
          ${marks.map(mark => html`
            <g key=${mark} class="axis" aria-hidden="true"><path d=${`M${x(mark)} 0V${top}`}/>
              <text x=${x(mark)} y=${top + 16} text-anchor=${mark === marks[0] ? "start" : mark === marks.at(-1) ? "end" : "middle"}>${write(mark)}</text></g>`)}
          ${rows.map(({arm, i, points, levels, top: y, base}) => html`
            <g key=${arm.name} class=${`arm-${i % 8 + 1}`}>
              <text class="dot-name" x=${LEFT - RADIUS} y=${y + 13}><tspan>${isolate(cut(arm.name, Math.max(8, Math.floor(width / 8) - 10)))}</tspan>${arm.control && html`<tspan class="dot-control"> control</tspan>`}</text>
              ${points.map(({cell, value}, n) => html`
                <a key=${cell.cell} href=${`#/runs/${cell.run_id}`} aria-label=${`${isolate(arm.name)}, replica ${cell.replica + 1}: ${write(value)}`}>
                  <circle class=${cell.failure === null || cell.failure === undefined ? "dot" : "dot failed"} cx=${x(value)}
                      cy=${base - RADIUS - Math.min(MAX_LEVELS - 1, levels[n]) * POINT} r=${RADIUS}><title>${write(value)}</title></circle>
                </a>`)}
              ${arm[field] && html`
                <g class="mean">
                  <title>${`mean ${intervalText(arm[field], write)}`}</title>
                  ${hasBounds(arm[field]) && html`<path d=${`M${x(arm[field].low)} ${base + 8}H${x(arm[field].high)}M${x(arm[field].low)} ${base + 4}v8M${x(arm[field].high)} ${base + 4}v8`}/>`}
                  <path class="mean-mark" d=${`M${x(arm[field].value)} ${base + 3}l5 5-5 5-5-5Z`}/>
                </g>`}
            </g>`)}
        </svg>
      </div>`;
  }
}
