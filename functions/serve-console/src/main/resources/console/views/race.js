/** One race: the standings, and the grid of its runs, live. */
import {rankingAddress} from "../address.js";
import {matches} from "../comparisons.js";
import {count, money, quantity} from "../format.js";
import {html} from "../html.js";
import {CellGrid, GridLegend} from "../parts/cell-grid.js";
import {ComparisonPage} from "../parts/comparison-page.js";
import {Rating} from "../parts/rating.js";
import {Sentence} from "../parts/sentence.js";

export function RaceView({api, ready, route: {id}}) {
  return html`<${ComparisonPage} api=${api} ready=${ready} path=${`/races/${id}`} noun="race" tab="races" design=${designOf} content=${content}/>`;
}

function designOf({profiles, scenarios, rounds, n_turns: nTurns}) {
  return `${count(profiles.length, "player")}, ${count(scenarios.length, "scenario")}, ${count(rounds, "round")}, ${count(nTurns, "turn")} each`;
}

function content({race_id: id, profiles, cells, standings, note}) {
  const columns = matches(cells).map(({scenario, round}) => ({key: `${scenario} ${round}`, group: scenario, label: String(round + 1)}));
  return html`
    ${note && html`<p class="comparison-note" role="status" data-test="race-note"><${Sentence} text=${note}/></p>`}
    <section class="panel" aria-label="Standings">
      <div class="panel-head"><h2>Standings</h2><a class="small" href=${rankingAddress([id])}>ranking of this race</a></div>
      <${Standings} rows=${standings}/>
    </section>
    <section class="panel" aria-label="Runs">
      <div class="panel-head"><h2>Runs</h2><span class="muted small">rounds of each scenario</span></div>
      <div class="panel-body"><${CellGrid} rows=${profiles.map(({name}) => ({name, cells: cells.filter(cell => cell.profile === name)}))}
          columns=${columns} columnOf=${cell => `${cell.scenario} ${cell.round}`} corner="Player" test="race-grid"/><${GridLegend}/></div>
    </section>`;
}

function Standings({rows}) {
  return html`
    <div class="table-scroll" tabindex="0" role="region" aria-label="Table of standings">
      <table class="table" data-test="standings">
        <thead><tr><th class="number">Rank</th><th>Player</th><th class="number">Rating</th><th class="number">Wins</th><th
            class="number">Ties</th><th class="number">Losses</th><th class="number">Failed</th><th class="number">Played</th><th
            class="number">Cost</th></tr></thead>
        <tbody>
          ${rows.map(row => html`
            <tr key=${row.profile}><td class="number">${row.rank ?? "–"}</td><td class="cell-name"><bdi>${row.profile}</bdi></td>
              <td class="number"><${Rating} of=${row.rating}/></td>
              ${[row.wins, row.ties, row.losses].map((n, i) => html`<td key=${i} class="number">${quantity(n)}</td>`)}
              <td class=${`number ${row.failed > 0 ? "warn" : ""}`}>${quantity(row.failed)}</td>
              <td class="number">${quantity(row.played)}</td><td class="number">${money(row.cost_usd)}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
}
