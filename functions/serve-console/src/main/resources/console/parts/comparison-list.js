/** A list of experiments or races: newest first, read again and again, older ones on request. */
import {comparisonStatus} from "../comparisons.js";
import {money} from "../format.js";
import {Component, html} from "../html.js";
import {LiveRead} from "../live-read.js";
import {CellProgress} from "./cell-progress.js";
import {Notice, ProblemNotice, Skeleton} from "./states.js";
import {StatusBadge} from "./status-badge.js";
import {Time} from "./time.js";

const PAGE = 50;

/** `path` of the list, `id` the field with the id, `address` of one, `about` a row in words, `empty` what to do without any. */
export class ComparisonList extends Component {
  state = {rows: null, older: [], next: null, problem: null};
  abort = new AbortController();

  componentDidMount() {
    const {api, path, ready} = this.props;
    this.live = new LiveRead(options => api.page(`${path}?limit=${PAGE}`, options), {
      onAnswer: ({rows, next}) => {
        this.setState({rows, next: this.state.older.length === 0 ? next : this.state.next, problem: null});
        ready();
      },
      onProblem: problem => this.setState({problem}),
    });
  }

  componentWillUnmount() {
    this.live.close();
    this.abort.abort();
  }

  more = async () => {
    const {signal} = this.abort;
    try {
      const {rows, next} = await this.props.api.page(this.state.next, {signal});
      this.setState({older: [...this.state.older, ...rows], next});
    } catch (problem) {
      if (!signal.aborted) {
        this.setState({problem});
      }
    }
  };

  render({id, address, about, empty, test}, {rows, older, next, problem}) {
    if (rows === null) {
      return problem === null ? html`<${Skeleton} lines=${6} label="Loading"/>`
        : html`<${ProblemNotice} problem=${problem} onRetry=${this.live?.read}/>`;
    }
    if (rows.length === 0) {
      return html`<div class="panel">${empty}</div>`;
    }
    const newest = new Set(rows.map(row => row[id]));
    return html`
      ${problem !== null && html`<${ProblemNotice} problem=${problem} onRetry=${this.live?.read}/>`}
      <div class="panel table-scroll" tabindex="0" role="region" aria-label="Table of comparisons">
        <table class="table comparison-list" data-test=${test}>
          <thead><tr><th>Label</th><th>Status</th><th>Compares</th><th>Runs</th><th class="number">Cost</th><th
              class="number">Started</th></tr></thead>
          <tbody>
            ${[...rows, ...older.filter(row => !newest.has(row[id]))].map(row => html`
              <tr key=${row[id]} data-test="comparison-row">
                <td class="cell-name"><a class="row-link" href=${address(row[id])}><bdi>${row.label || "without a label"}</bdi></a></td>
                <td class="nowrap"><${StatusBadge} status=${comparisonStatus(row)}/></td>
                <td class="muted">${about(row)}</td>
                <td><${CellProgress} cells=${row.cells} words=${false}/></td>
                <td class="number">${costText(row)}</td>
                <td class="number muted"><${Time} at=${row.created_at}/></td>
              </tr>`)}
          </tbody>
        </table>
      </div>
      ${next !== null && html`<button class="button" onClick=${this.more}>Show older ones</button>`}`;
  }
}

/** A cost, which is a lower bound if a model has no price. */
export function costText({cost_usd: usd, cost_known: known}) {
  return known === false ? html`<span title="A model's price is not known">at least ${money(usd)}</span>` : money(usd);
}

export function NothingYet({title, text, children}) {
  return html`<${Notice} title=${title} text=${text} test="comparisons-none">${children}<//>`;
}
