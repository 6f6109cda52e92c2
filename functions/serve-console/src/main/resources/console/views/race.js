/** One race: the grid of its runs, live, and the standings. */
import {rankingAddress} from "../address.js";
import {comparisonStatus, hasEnded, intervalText, matches} from "../comparisons.js";
import {count, money, quantity} from "../format.js";
import {Component, html} from "../html.js";
import {LiveRead} from "../live-read.js";
import {CellGrid, GridLegend} from "../parts/cell-grid.js";
import {CellProgress} from "../parts/cell-progress.js";
import {costText} from "../parts/comparison-list.js";
import {ComparisonTabs} from "../parts/comparison-tabs.js";
import {Confirm} from "../parts/dialog.js";
import {ProblemNotice, Skeleton} from "../parts/states.js";
import {StatusBadge} from "../parts/status-badge.js";
import {Time} from "../parts/time.js";
import {randomKey} from "../api.js";

export class RaceView extends Component {
  state = {race: null, problem: null, cancelling: false};

  componentDidMount() {
    document.title = "Race · arena";
    this.live = new LiveRead(this.props.api, `/races/${this.props.route.id}`, {
      onAnswer: race => {
        document.title = `${race.label || "Race"} · arena`;
        this.setState({race, problem: null});
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
    try {
      await this.props.api.post(`/races/${this.props.route.id}/cancel`, undefined, {key: randomKey()});
    } catch (problem) {
      this.setState({problem});
    }
    this.live.read();
  };

  render({route}, {race, problem, cancelling}) {
    if (race === null) {
      return html`<div class="page">${problem === null ? html`<${Skeleton} lines=${10} label="Loading the race"/>`
        : html`<${ProblemNotice} alone problem=${problem} onRetry=${this.live?.read}/>`}</div>`;
    }
    const {label, profiles, scenarios, rounds, n_turns: nTurns, cells, cell_counts: counts, note, seed, budget, created_at: at} = race;
    const columns = matches(cells).map(({scenario, round}) => ({key: `${scenario} ${round}`, group: scenario, label: String(round + 1)}));
    return html`
      <div class="page comparisons" data-test="race">
        <div class="page-head comparison-head">
          <h1 class="clip"><bdi>${label || "Race"}</bdi></h1>
          <${StatusBadge} status=${comparisonStatus(race)} test="comparison-status"/>
          <span class="grow"></span>
          ${!hasEnded(race) && html`<button class="button danger" data-test="comparison-cancel"
              onClick=${() => this.setState({cancelling: true})}>Cancel</button>`}
          <${ComparisonTabs} view="races"/>
        </div>
        <div class="comparison-summary"><div class="comparison-facts">
          <span>${count(profiles.length, "player")}, ${count(scenarios.length, "scenario")}, ${count(rounds, "round")}, ${count(nTurns, "turn")} each</span>
          <span>Cost <b>${costText(race)}</b>${budget?.usd ? ` of at most ${money(budget.usd)}` : ""}</span>
          <span class="muted">seed ${seed}</span>
          <span class="muted"><${Time} at=${at}/></span>
        </div>
        <${CellProgress} cells=${counts}/></div>
        ${problem !== null && html`<${ProblemNotice} problem=${problem} onRetry=${this.live.read}/>`}
        ${note && html`<p class="comparison-note" role="status" data-test="race-note"><bdi>${note}</bdi></p>`}
        <section class="panel" aria-label="Standings">
          <div class="panel-head"><h2>Standings</h2><a class="small" href=${rankingAddress([route.id])}>ranking of this race</a></div>
          ${this.standings(race.standings)}
        </section>
        <section class="panel" aria-label="Runs">
          <div class="panel-head"><h2>Runs</h2><span class="muted small">rounds of each scenario</span></div>
          <div class="panel-body"><${CellGrid} rows=${profiles.map(({name}) => ({name, cells: cells.filter(cell => cell.profile === name)}))}
              columns=${columns} columnOf=${cell => `${cell.scenario} ${cell.round}`} corner="Player" test="race-grid"/><${GridLegend}/></div>
        </section>
        ${cancelling && html`<${Confirm} title="Cancel this race?" action="Cancel it"
            text="Runs that play go on to their end; no other one is started." onConfirm=${this.cancel}
            onClose=${() => this.setState({cancelling: false})}/>`}
      </div>`;
  }

  standings(rows) {
    return html`
      <div class="table-scroll" tabindex="0" role="region" aria-label="Table of standings">
        <table class="table" data-test="standings">
          <thead><tr><th class="number">Rank</th><th>Player</th><th class="number">Rating</th><th class="number">Wins</th><th
              class="number">Ties</th><th class="number">Losses</th><th class="number">Failed</th><th class="number">Played</th><th
              class="number">Cost</th></tr></thead>
          <tbody>
            ${rows.map(row => html`
              <tr key=${row.profile}><td class="number">${row.rank ?? "–"}</td><td class="cell-name"><bdi>${row.profile}</bdi></td>
                <td class="number">${row.rating === null ? "–" : intervalText(row.rating, value => value.toFixed(2).replace("-", "−"))}</td>
                ${[row.wins, row.ties, row.losses].map((n, i) => html`<td key=${i} class="number">${quantity(n)}</td>`)}
                <td class=${`number ${row.failed > 0 ? "warn" : ""}`}>${quantity(row.failed)}</td>
                <td class="number">${quantity(row.played)}</td><td class="number">${money(row.cost_usd)}</td></tr>`)}
          </tbody>
        </table>
      </div>`;
  }
}
