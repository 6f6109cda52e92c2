/** One experiment: its arms as distributions, each against the control, its runs; cancel, and more replicas. */
import {runAddress} from "../address.js";
import {
  comparisonStatus, courseColumns, difference, hasBounds, hasEnded, intervalText, percent, probability, pValue, verdict, wholeNumber,
} from "../comparisons.js";
import {count, money, quantity} from "../format.js";
import {Component, html} from "../html.js";
import {LiveRead} from "../live-read.js";
import {CellGrid, GridLegend} from "../parts/cell-grid.js";
import {CellProgress} from "../parts/cell-progress.js";
import {Chart} from "../parts/chart.js";
import {costText} from "../parts/comparison-list.js";
import {ComparisonTabs} from "../parts/comparison-tabs.js";
import {Confirm} from "../parts/dialog.js";
import {DotPlot} from "../parts/dot-plot.js";
import {FieldError} from "../parts/field-error.js";
import {Icon} from "../parts/icons.js";
import {IntervalBar} from "../parts/interval-bar.js";
import {ProblemNotice, Skeleton} from "../parts/states.js";
import {StatusBadge} from "../parts/status-badge.js";
import {Time} from "../parts/time.js";
import {randomKey} from "../api.js";

const MAX_REPLICAS = 50;
const FIELDS = [
  {field: "population", label: "Population", write: quantity},
  {field: "economy", label: "Food and wood", write: quantity},
  {field: "cost_usd", label: "Cost", write: money},
];

export class ExperimentView extends Component {
  state = {experiment: null, problem: null, confirm: null, replicas: "", error: undefined};

  componentDidMount() {
    document.title = "Experiment · arena";
    this.path = `/experiments/${this.props.route.id}`;
    this.live = new LiveRead(this.props.api, this.path, {
      onAnswer: experiment => {
        document.title = `${experiment.label || "Experiment"} · arena`;
        this.setState({experiment, problem: null});
        this.props.ready();
      },
      onProblem: problem => this.setState({problem}),
      hasEnded,
    });
  }

  componentWillUnmount() {
    this.live.close();
  }

  cancel = async () => {
    await this.post(`${this.path}/cancel`, undefined);
  };

  async post(path, body) {
    try {
      await this.props.api.post(path, body, {key: randomKey()});
      this.setState({problem: null, replicas: "", error: undefined});
    } catch (problem) {
      this.setState(problem.status === 422 ? {error: problem.message} : {problem});
    }
    this.live.read();
  }

  askForMore = event => {
    event.preventDefault();
    const {experiment, replicas} = this.state;
    const total = wholeNumber(replicas, experiment.replicas + 1, MAX_REPLICAS);
    this.setState(total === null ? {error: `Integer, ${experiment.replicas + 1} to ${MAX_REPLICAS}`} : {error: undefined, confirm: {replicas: total}});
  };

  /** What more replicas will cost: the mean of those that there are. */
  moreText(total) {
    const {arms, replicas, n_turns: nTurns} = this.state.experiment;
    const runs = (total - replicas) * arms.length;
    const cost = arms.reduce((sum, arm) => sum + (arm.cost_usd?.value ?? 0), 0) * (total - replicas);
    return `${count(runs, "more run")} of ${count(nTurns, "turn")} will be played: about ${money(cost)}, the mean of the runs that there are.`;
  }

  render(_, {experiment, problem, confirm}) {
    if (experiment === null) {
      return html`<div class="page">${problem === null ? html`<${Skeleton} lines=${10} label="Loading the experiment"/>`
        : html`<${ProblemNotice} alone problem=${problem} onRetry=${this.live?.read}/>`}</div>`;
    }
    return html`
      <div class="page comparisons" data-test="experiment">
        ${this.head(experiment)}
        ${problem !== null && html`<${ProblemNotice} problem=${problem} onRetry=${this.live.read}/>`}
        ${this.verdicts(experiment)}
        <div class="plots">
          ${FIELDS.filter(({field}) => field !== "cost_usd" || experiment.cost_usd > 0).map(one => html`
            <section class="panel" key=${one.field} aria-label=${one.label}>
              <div class="panel-head"><h2>${one.label}</h2><span class="muted small">each run, the mean, its 95 % interval</span></div>
              <div class="panel-body"><${DotPlot} arms=${experiment.arms} ...${one}/></div>
            </section>`)}
          ${this.feudal(experiment)}
        </div>
        <section class="panel" aria-label="Runs">
          <div class="panel-head"><h2>Runs</h2>${this.more(experiment)}</div>
          <div class="panel-body"><${CellGrid} rows=${experiment.arms} corner="Arm" test="experiment-grid"
              columns=${replicaColumns(experiment.replicas)} columnOf=${cell => String(cell.replica)}/><${GridLegend}/></div>
        </section>
        ${confirm === "cancel" && html`<${Confirm} title="Cancel this experiment?" action="Cancel it"
            text="Runs that play go on to their end; no other one is started." onConfirm=${this.cancel}
            onClose=${() => this.setState({confirm: null})}/>`}
        ${confirm?.replicas !== undefined && html`<${Confirm} title="Play more replicas?" action="Play them" text=${this.moreText(confirm.replicas)}
            onConfirm=${() => this.post(`${this.path}/replicas`, {replicas: confirm.replicas})} onClose=${() => this.setState({confirm: null})}/>`}
      </div>`;
  }

  head(experiment) {
    const {label, arms, replicas, n_turns: nTurns, parent_run_id: parent, parent_t: t, cells, seed, budget, created_at: at} = experiment;
    return html`
      <div class="page-head comparison-head">
        <h1 class="clip"><bdi>${label || "Experiment"}</bdi></h1>
        <${StatusBadge} status=${comparisonStatus(experiment)} test="comparison-status"/>
        <span class="grow"></span>
        ${!hasEnded(experiment) && html`<button class="button danger" data-test="comparison-cancel"
            onClick=${() => this.setState({confirm: "cancel"})}>Cancel</button>`}
        <${ComparisonTabs} view="experiments"/>
      </div>
      <div class="comparison-summary"><div class="comparison-facts">
        <span>${count(arms.length, "arm")} of ${count(replicas, "replica")}, ${count(nTurns, "turn")} each, from <a
            href=${runAddress(parent, t)}>the parent at turn ${t}</a></span>
        <span>Cost <b>${costText(experiment)}</b>${budget?.usd ? ` of at most ${money(budget.usd)}` : ""}</span>
        <span class="muted">seed ${seed}</span>
        <span class="muted"><${Time} at=${at}/></span>
      </div>
      <${CellProgress} cells=${cells}/></div>`;
  }

  verdicts({arms}) {
    const others = arms.filter(arm => arm.versus_control !== null && arm.versus_control !== undefined);
    if (others.length === 0) {
      return html`<p class="muted">Arms are compared with the control as soon as each has a run that has ended.</p>`;
    }
    const name = arms.find(arm => arm.control)?.name;
    return html`
      <section class="panel" aria-label="Against the control">
        <div class="panel-head"><h2>Against <bdi>${name}</bdi></h2><span
            class="muted small">intervals are 95 %, p is corrected by Holm</span></div>
        <ul class="verdicts" data-test="verdicts">
          ${others.map(({name: arm, versus_control: versus}) => {
            const {word, tone, icon} = verdict(versus.verdict);
            const {differences: by} = versus;
            return html`
              <li key=${arm} class="verdict" data-test="verdict">
                <div class="verdict-head"><strong class="clip"><bdi>${arm}</bdi></strong><span class=${`tone-${tone} nowrap`} data-test="verdict-word">${icon && html`<${Icon}
                    name=${icon}/>`}${word}</span></div>
                <p class="verdict-sentence"><bdi>${versus.sentence}</bdi></p>
                <dl class="verdict-numbers">
                  <${Number_} name="beats the control"><${IntervalBar} interval=${versus.win_probability} middle=${0.5}
                      label=${`probability ${intervalText(versus.win_probability, probability)}`}/>${probability(versus.win_probability.value)}<//>
                  <${Number_} name="population"><${Difference} of=${by.population} write=${quantity}/><//>
                  <${Number_} name="food and wood"><${Difference} of=${by.economy} write=${quantity}/><//>
                  <${Number_} name="Feudal Age"><${Difference} of=${by.feudal_share} write=${percent}/><//>
                  <${Number_} name="cost"><${Difference} of=${by.cost_usd} write=${signedMoney}/><//>
                  <${Number_} name="p"><span title=${`without the correction ${pValue(versus.p_value)}`}>${pValue(versus.p_adjusted)}</span><//>
                </dl>
              </li>`;
          })}
        </ul>
      </section>`;
  }

  feudal({arms}) {
    const courses = arms.map(arm => arm.feudal_by_turn ?? []);
    if (courses.every(course => course.length === 0)) {
      return null;
    }
    const series = arms.map((arm, i) => ({label: arm.name, color: `--run-${i % 8 + 1}`, dash: DASHES[i % DASHES.length], width: arm.control ? 1.5 : 2}));
    return html`
      <section class="panel" aria-label="Feudal Age">
        <div class="panel-head"><h2>Feudal Age</h2><span class="muted small">share of runs that reached it by a turn</span></div>
        <div class="panel-body feudal-chart"><${Chart} title="% of runs" series=${series} columns=${courseColumns(courses, value => value * 100)} turn=${null}
            version=${JSON.stringify(courses)} syncKey="experiment" onTurn=${() => {}}/></div>
      </section>`;
  }

  more({status, replicas}) {
    if (status === "cancelled" || replicas >= MAX_REPLICAS) {
      return null;
    }
    const {error} = this.state;
    return html`
      <form class="row more-replicas" onSubmit=${this.askForMore} novalidate>
        <label class="row"><span class="muted small nowrap">replicas in all</span>
          <input class="input" inputmode="numeric" autocomplete="off" placeholder=${String(replicas)} value=${this.state.replicas}
              aria-invalid=${String(error !== undefined)} data-test="replicas-field"
              onInput=${event => this.setState({replicas: event.target.value, error: undefined})}/></label>
        <button class="button compact" data-test="replicas-add">Add</button>
        <${FieldError} text=${error}/>
      </form>`;
  }
}

const DASHES = [[4, 4], undefined, [7, 3], [2, 3], [9, 3, 2, 3]];

function replicaColumns(replicas) {
  return Array.from({length: replicas}, (_, i) => ({key: String(i), group: "", label: String(i + 1)}));
}

function Number_({name, children}) {
  return html`<div><dt>${name}</dt><dd>${children}</dd></div>`;
}

function signedMoney(usd) {
  return usd < 0 ? `−${money(-usd)}` : money(usd);
}

function Difference({of: interval, write}) {
  if (interval === null || interval === undefined) {
    return "–";
  }
  return html`<b>${difference(interval.value, write)}</b>${hasBounds(interval) && html`<span
      class="muted small"> ${difference(interval.low, write)} to ${difference(interval.high, write)}</span>`}`;
}
