/** One experiment: its arms as distributions, each against the control, its runs; more replicas. */
import {runAddress} from "../address.js";
import {
  courseColumns, difference, hasBounds, intervalText, percent, probability, pValue, verdict, wholeNumber,
} from "../comparisons.js";
import {count, money, quantity} from "../format.js";
import {Component, html} from "../html.js";
import {CellGrid, GridLegend} from "../parts/cell-grid.js";
import {Chart} from "../parts/chart.js";
import {ComparisonPage} from "../parts/comparison-page.js";
import {Confirm} from "../parts/dialog.js";
import {DotPlot} from "../parts/dot-plot.js";
import {FieldError} from "../parts/field-error.js";
import {Icon} from "../parts/icons.js";
import {IntervalBar} from "../parts/interval-bar.js";
import {Sentence} from "../parts/sentence.js";

const MAX_REPLICAS = 50;
const FIELDS = [
  {field: "population", label: "Population", write: quantity},
  {field: "economy", label: "Food and wood", write: quantity},
  {field: "cost_usd", label: "Cost", write: money},
];
const DASHES = [[4, 4], undefined, [7, 3], [2, 3], [9, 3, 2, 3]];

export function ExperimentView({api, ready, route: {id}}) {
  return html`<${ComparisonPage} api=${api} ready=${ready} path=${`/experiments/${id}`} noun="experiment" tab="experiments"
      design=${designOf} content=${content}/>`;
}

function designOf({arms, replicas, n_turns: nTurns, parent_run_id: parent, parent_t: t}) {
  return html`${count(arms.length, "arm")} of ${count(replicas, "replica")}, ${count(nTurns, "turn")} each, from <a
      href=${runAddress(parent, t)}>the parent at turn ${t}</a>`;
}

function content(experiment, change) {
  const {arms, replicas, cost_usd: cost} = experiment;
  return html`
    <${Verdicts} arms=${arms}/>
    <div class="plots">
      ${FIELDS.filter(({field}) => field !== "cost_usd" || cost > 0).map(one => html`
        <section class="panel" key=${one.field} aria-label=${one.label}>
          <div class="panel-head"><h2>${one.label}</h2><span class="muted small">each run, the mean, its 95 % interval</span></div>
          <div class="panel-body"><${DotPlot} arms=${arms} ...${one}/></div>
        </section>`)}
      <${FeudalAge} arms=${arms}/>
    </div>
    <section class="panel" aria-label="Runs">
      <div class="panel-head"><h2>Runs</h2><${MoreReplicas} experiment=${experiment} change=${change}/></div>
      <div class="panel-body"><${CellGrid} rows=${arms} corner="Arm" test="experiment-grid"
          columns=${replicaColumns(replicas)} columnOf=${cell => String(cell.replica)}/><${GridLegend}/></div>
    </section>`;
}

function replicaColumns(replicas) {
  return Array.from({length: replicas}, (_, i) => ({key: String(i), group: "", label: String(i + 1)}));
}

/** Extends the experiment; asks first, with what it will cost. */
class MoreReplicas extends Component {
  state = {text: "", error: undefined, total: null};

  ask = event => {
    event.preventDefault();
    const {replicas} = this.props.experiment;
    const total = wholeNumber(this.state.text, replicas + 1, MAX_REPLICAS);
    this.setState({total, error: total === null ? `Integer, ${replicas + 1} to ${MAX_REPLICAS}` : undefined});
  };

  play = async () => {
    try {
      await this.props.change("replicas", {replicas: this.state.total});
      this.setState({text: "", error: undefined});
    } catch ({message}) {
      this.setState({error: message});
    }
  };

  /** What more replicas will cost: the mean of those that there are. */
  costText() {
    const {arms, replicas, n_turns: nTurns} = this.props.experiment;
    const more = this.state.total - replicas;
    const cost = arms.reduce((sum, arm) => sum + (arm.cost_usd?.value ?? 0), 0) * more;
    return `${count(more * arms.length, "more run")} of ${count(nTurns, "turn")} will be played: about ${money(cost)}, the mean of the runs that there are.`;
  }

  render({experiment: {status, replicas}}, {text, error, total}) {
    if (["cancelled", "budget_spent"].includes(status) || replicas >= MAX_REPLICAS) {
      return null;
    }
    return html`
      <form class="row more-replicas" onSubmit=${this.ask} novalidate>
        <label class="row"><span class="muted small nowrap">replicas in all</span>
          <input class="input" inputmode="numeric" autocomplete="off" placeholder=${String(replicas)} value=${text}
              aria-invalid=${String(error !== undefined)} data-test="replicas-field"
              onInput=${event => this.setState({text: event.target.value, error: undefined})}/></label>
        <button class="button compact" data-test="replicas-add">Add</button>
        <${FieldError} text=${error}/>
        ${total !== null && html`<${Confirm} title="Play more replicas?" action="Play them" text=${this.costText()}
            onConfirm=${this.play} onClose=${() => this.setState({total: null})}/>`}
      </form>`;
  }
}

function Verdicts({arms}) {
  const others = arms.filter(arm => arm.versus_control !== null && arm.versus_control !== undefined);
  if (others.length === 0) {
    return html`<p class="muted">Arms are compared with the control as soon as each has a run that has ended.</p>`;
  }
  const name = arms.find(arm => arm.control)?.name;
  return html`
    <section class="panel" aria-label="Against the control">
      <div class="panel-head"><h2>Against the control, “<bdi>${name}</bdi>”</h2><span
          class="muted small">intervals are 95 %, p is corrected by Holm</span></div>
      <ul class="verdicts" data-test="verdicts">
        ${others.map(({name: arm, versus_control: versus}) => {
          const {word, tone, icon} = verdict(versus.verdict);
          const {differences: by} = versus;
          return html`
            <li key=${arm} class="verdict" data-test="verdict">
              <div class="verdict-head"><strong class="clip"><bdi>${arm}</bdi></strong><span class=${`tone-${tone} nowrap`} data-test="verdict-word">${icon && html`<${Icon}
                  name=${icon}/>`}${word}</span></div>
              <p class="verdict-sentence" data-test="verdict-sentence"><${Sentence} text=${versus.sentence}/></p>
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

function FeudalAge({arms}) {
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
