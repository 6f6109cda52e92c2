/** The ranking of players over races, or over all runs: ratings, probabilities to win, cost and strength. */
import {format} from "../address.js";
import {isolate} from "../bidi.js";
import {probability} from "../comparisons.js";
import {count, money, quantity} from "../format.js";
import {Component, html} from "../html.js";
import {LiveRead} from "../live-read.js";
import {ComparisonTabs} from "../parts/comparison-tabs.js";
import {Icon} from "../parts/icons.js";
import {ParetoPlot} from "../parts/pareto-plot.js";
import {Rating} from "../parts/rating.js";
import {Sentence} from "../parts/sentence.js";
import {Notice, ProblemNotice, Skeleton} from "../parts/states.js";

const MAX_RACES = 20;
/** Between attempts to read a ranking, of which a token has 60 a minute. */
const RETRY_MILLIS = 5_000;

export class RankingView extends Component {
  state = {ranking: null, races: [], problem: null};

  componentDidMount() {
    document.title = "Ranking · arena";
    this.load();
  }

  componentDidUpdate(before) {
    if (format(before.route) !== format(this.props.route)) {
      this.setState({ranking: null, problem: null});
      this.load();
    }
  }

  componentWillUnmount() {
    this.live.close();
  }

  /** Reads until there is an answer: the connection may be lost. */
  load = () => {
    const {api, route: {params}, ready} = this.props;
    const query = new URLSearchParams({by: params.by ?? "profile"});
    params.race.forEach(id => query.append("race_id", id));
    if (params.race.length === 0) {
      query.set("source", "runs");
    }
    Object.entries({
      scenario: params.scenario, model: params.model, from: params.from, to: dayAfter(params.to),
      prompt_version: params.race.length === 0 ? params.prompt : undefined, // of runs alone
    }).forEach(([name, value]) => value && query.set(name, value));
    this.live?.close();
    this.live = new LiveRead(({signal}) => Promise.all([api.get(`/rankings?${query}`, {signal}), api.page("/races?limit=100", {signal})]), {
      onAnswer: ([ranking, {rows: races}]) => {
        this.setState({ranking, races, problem: null});
        ready();
      },
      onProblem: problem => {
        this.setState({ranking: null, problem});
        ready();
      },
      hasEnded: () => true,
      millis: RETRY_MILLIS,
    });
  };

  change(change) {
    const {go, route} = this.props;
    go({...route, params: {...route.params, ...change}});
  }

  render({route: {params}, deployment}, {ranking, races, problem}) {
    const by = params.by ?? "profile";
    const left = races.filter(race => !params.race.includes(race.race_id));
    const filtered = ["model", "prompt", "from", "to", "scenario"].some(name => params[name] !== undefined);
    return html`
      <div class="page comparisons" data-test="ranking">
        <div class="page-head"><h1>Ranking</h1><span class="grow"></span><${ComparisonTabs} view="ranking"/></div>
        <div class="ranking-filters"><div class="row wrap ranking-tools">
          <div class="segments" role="group" aria-label="Players are">
            ${["profile", "model"].map(one => html`<button key=${one} aria-pressed=${String(by === one)} data-test=${`ranking-by-${one}`}
                onClick=${() => this.change({by: one === "profile" ? undefined : one})}>by ${one}</button>`)}
          </div>
          <select class="input ranking-select" aria-label="Scenario" value=${params.scenario ?? ""} data-test="ranking-scenario"
              onChange=${event => this.change({scenario: event.target.value || undefined})}>
            <option value="">all scenarios</option>
            ${deployment.scenarios.map(({name}) => html`<option key=${name} value=${name}>${name}</option>`)}
          </select>
          ${params.race.length === 0 ? html`<span class="chip">all runs</span>` : params.race.map(id => html`
            <button key=${id} class="button compact" title="Leave this race out" onClick=${() => this.change({race: params.race.filter(one => one !== id)})}>
              <bdi class="clip">${races.find(race => race.race_id === id)?.label || `race ${id.slice(0, 8)}`}</bdi> <${Icon} name="cross"/></button>`)}
          ${left.length > 0 && params.race.length < MAX_RACES && html`
            <select class="input ranking-select" aria-label="Add a race" value="" data-test="ranking-add"
                onChange=${event => this.change({race: [...params.race, event.target.value]})}>
              <option value="">${params.race.length === 0 ? "only a race…" : "add a race…"}</option>
              ${left.map(race => html`<option key=${race.race_id} value=${race.race_id}>${isolate(race.label || race.race_id.slice(0, 8))}</option>`)}
            </select>`}
        </div>
        <div class="row wrap ranking-tools">
          ${this.field("model", "Model", {placeholder: "any model", list: "ranking-models"})}
          <datalist id="ranking-models">${deployment.models.map(({model}) => html`<option key=${model} value=${model}></option>`)}</datalist>
          ${params.race.length === 0 && this.field("prompt", "Prompt version", {placeholder: "any, such as strategy-2"})}
          ${this.field("from", "Started from", {type: "date", max: params.to})}
          ${this.field("to", "to", {type: "date", min: params.from})}
          ${filtered && html`<button class="button compact" data-test="ranking-clear" onClick=${() =>
            this.change({model: undefined, prompt: undefined, from: undefined, to: undefined, scenario: undefined})}>No filter</button>`}
        </div></div>
        ${problem !== null && (problem.status === 422
          ? html`<${Notice} title="There is nothing to rank" text=${problem.message} test="ranking-none"><a class="button"
              href="#/races/new">Start a race</a><//>`
          : html`<${ProblemNotice} problem=${problem} onRetry=${this.load}/>`)}
        ${ranking === null ? problem === null && html`<${Skeleton} lines=${8} label="Ranking"/>` : this.ranking(ranking)}
      </div>`;
  }

  /** A filter of the runs, used when it is left or Enter is pressed. */
  field(name, label, attributes) {
    return html`
      <label class="field-inline"><span class="muted small nowrap">${label}</span>
        <input class="input ranking-field" maxlength="200" autocomplete="off" dir="auto" ...${attributes} value=${this.props.route.params[name] ?? ""}
            data-test=${`ranking-${name}`} onChange=${event => this.change({[name]: event.target.value.trim() || undefined})}/></label>`;
  }

  ranking({components, matches, races, runs, failed_runs: failed, seed, note}) {
    if (components.length === 0) {
      return html`<${Notice} title="There is nothing to rank" text=${note ?? "No two players have met."} test="ranking-none"><a class="button"
          href="#/races/new">Start a race</a><//>`;
    }
    return html`
      <p class="muted">${count(matches, "match", "matches")} of ${count(runs, "run")}${typeof races === "number" && races > 0 ? ` in ${count(races, "race")}` : ""}${
        failed > 0 ? `; ${count(failed, "failed run")} lost` : ""}; seed ${seed}. Ratings are on the scale of natural logarithms, with mean 0.</p>
      ${note && html`<p class="comparison-note" data-test="ranking-note"><${Sentence} text=${note}/></p>`}
      ${components.length > 1 && html`<p class="comparison-note">These groups of players have not met each other, so they are not ranked together.</p>`}
      ${components.map((component, i) => html`<${Group} key=${i} component=${component} number=${components.length > 1 ? i + 1 : null}/>`)}`;
  }
}

/** The API's end is exclusive, a person's is not. */
function dayAfter(date) {
  const at = Date.parse(date ?? "");
  return Number.isNaN(at) ? undefined : new Date(at + 86_400_000).toISOString().slice(0, 10);
}

function Group({component: {players, win_probability: matrix}, number}) {
  return html`
    <div class="ranking-group">
      <section class="panel" aria-label="Ratings">
        <div class="panel-head"><h2>${number === null ? "Ratings" : `Group ${number}`}</h2><span class="muted small">with 95 % intervals</span></div>
        <div class="table-scroll" tabindex="0" role="region" aria-label="Table of ratings">
          <table class="table" data-test="ratings">
            <thead><tr><th class="number">Rank</th><th>Player</th><th class="number">Rating</th><th class="number">Wins</th><th
                class="number">Ties</th><th class="number">Losses</th><th class="number">Failed</th><th class="number">Cost a run</th></tr></thead>
            <tbody>
              ${players.map(row => html`
                <tr key=${row.player}><td class="number">${row.rank}</td>
                  <td class="cell-name"><bdi>${row.player}</bdi>${row.pareto && html`<span class="best" title="No other player is both stronger and cheaper">Pareto</span>`}</td>
                  <td class="number"><${Rating} of=${row.rating}/></td>
                  ${[row.wins, row.ties, row.losses].map((n, i) => html`<td key=${i} class="number">${quantity(n)}</td>`)}
                  <td class=${`number ${row.failed > 0 ? "warn" : ""}`}>${quantity(row.failed)}</td>
                  <td class="number">${money(row.cost_usd_per_run)}</td></tr>`)}
            </tbody>
          </table>
        </div>
      </section>
      ${players.length > 1 && html`<div class="plots">
        <section class="panel" aria-label="Cost and strength">
          <div class="panel-head"><h2>Cost and strength</h2><span class="muted small">numbers are ranks</span></div>
          <div class="panel-body"><${ParetoPlot} players=${players}/></div>
        </section>
        <section class="panel" aria-label="Probabilities to win">
          <div class="panel-head"><h2>Win probabilities</h2><span class="muted small">probability that the row wins</span></div>
          <div class="table-scroll" tabindex="0" role="region" aria-label="Matrix of probabilities to win">
            <table class="matrix" data-test="matrix">
              <thead><tr><td></td>${players.map(row => html`<th key=${row.player} scope="col" title=${row.player}>${row.rank}</th>`)}</tr></thead>
              <tbody>
                ${players.map((row, i) => html`
                  <tr key=${row.player}><th scope="row"><span class="matrix-rank">${row.rank}</span> <bdi>${row.player}</bdi></th>
                    ${players.map((column, j) => html`
                      <td key=${column.player} class=${i === j ? "" : shade(matrix[i][j])}
                          title=${i === j ? undefined : `${row.player} beats ${column.player}`}>${i === j ? "" : probability(matrix[i][j])}</td>`)}
                  </tr>`)}
              </tbody>
            </table>
          </div>
        </section>
      </div>`}
    </div>`;
}

/** Five steps, so that the number stays readable on each. */
function shade(value) {
  return `shade-${Math.max(0, Math.min(4, Math.floor(value * 5)))}`;
}
