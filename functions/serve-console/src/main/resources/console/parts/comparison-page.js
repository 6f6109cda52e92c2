/** The frame of an experiment's or a race's page, which is read until it has ended: status, facts, progress, cancelling. */
import {randomKey} from "../api.js";
import {isolate} from "../bidi.js";
import {comparisonStatus, countsOf, hasEnded, queueText, startsRuns} from "../comparisons.js";
import {money} from "../format.js";
import {Component, html} from "../html.js";
import {LiveRead} from "../live-read.js";
import {CellProgress} from "./cell-progress.js";
import {costText} from "./comparison-list.js";
import {ComparisonTabs} from "./comparison-tabs.js";
import {Confirm} from "./dialog.js";
import {ProblemNotice, Skeleton} from "./states.js";
import {StatusBadge} from "./status-badge.js";
import {Time} from "./time.js";

/**
 * `path` is its address in the API, `noun` what it is, `tab` the list that it is in; `design(comparison)` says in words what is
 * played, `content(comparison, change)` is the page. `change(action, body)` posts to `path/action`; an error of a field is thrown.
 */
export class ComparisonPage extends Component {
  /** `problem` is of the last read, `refusal` of the last change. */
  state = {comparison: null, problem: null, refusal: null, cancelling: false};

  componentDidMount() {
    const {api, path, noun, ready} = this.props;
    const name = `${noun[0].toUpperCase()}${noun.slice(1)}`;
    document.title = `${name} · arena`;
    this.live = new LiveRead(options => api.get(path, options), {
      onAnswer: comparison => {
        document.title = `${isolate(comparison.label || name)} · arena`;
        this.setState({comparison, problem: null});
        ready();
      },
      onProblem: problem => this.setState({problem}),
      hasEnded,
    });
  }

  componentWillUnmount() {
    this.live.close();
  }

  change = async (action, body) => {
    const {api, path} = this.props;
    this.setState({refusal: null});
    try {
      await api.post(`${path}/${action}`, body, {key: randomKey()});
    } catch (problem) {
      if (problem.status === 422) {
        throw problem;
      }
      this.setState({refusal: problem});
    }
    this.live.read();
  };

  render({noun, tab, design, content}, {comparison, problem, refusal, cancelling}) {
    if (comparison === null) {
      return html`<div class="page">${problem === null ? html`<${Skeleton} lines=${10} label=${`Loading the ${noun}`}/>`
        : html`<${ProblemNotice} alone problem=${problem} onRetry=${this.live?.read}/>`}</div>`;
    }
    const {label, seed, budget, created_at: at} = comparison;
    const queue = queueText(comparison);
    return html`
      <div class="page comparisons" data-test=${noun}>
        <div class="page-head comparison-head">
          <h1 class="clip" title=${label}><bdi>${label || `${noun[0].toUpperCase()}${noun.slice(1)}`}</bdi></h1>
          <${StatusBadge} status=${comparisonStatus(comparison)} test="comparison-status"/>
          <span class="grow"></span>
          ${startsRuns(comparison) && html`<button class="button danger" data-test="comparison-cancel"
              onClick=${() => this.setState({cancelling: true})}>Cancel</button>`}
          <${ComparisonTabs} view=${tab}/>
        </div>
        <div class="comparison-summary"><div class="comparison-facts">
          <span>${design(comparison)}</span>
          <span>Cost <b>${costText(comparison)}</b>${budget?.usd ? ` of at most ${money(budget.usd)}` : ""}</span>
          <span class="muted">seed ${seed}</span>
          <span class="muted"><${Time} at=${at}/></span>
        </div>
        <${CellProgress} cells=${countsOf(comparison)}/></div>
        ${queue !== "" && html`<p class="comparison-note" role="status" data-test="comparison-queue">${queue}</p>`}
        ${problem !== null && html`<${ProblemNotice} problem=${problem} onRetry=${this.live.read}/>`}
        ${refusal !== null && html`<${ProblemNotice} problem=${refusal} once test="change-refused"/>`}
        ${content(comparison, this.change)}
        ${cancelling && html`<${Confirm} title=${`Cancel this ${noun}?`} action="Cancel it"
            text="Runs that are being played are stopped, and no further one starts. Runs that have ended stay."
            onConfirm=${() => this.change("cancel")} onClose=${() => this.setState({cancelling: false})}/>`}
      </div>`;
  }
}
