/** The tables of a comparison: states side by side with differences marked, and scores. */
import {COMPARED_FIELDS, stateRows} from "../differences.js";
import {count, cut, money, quantity, signed} from "../format.js";
import {html} from "../html.js";
import {buildingCounts, buildingLabel, compareScores, scoreOf} from "../world.js";

export function StateTable({stores, t}) {
  const states = stores.map(store => store.turns.at(t)?.state ?? null);
  const rows = stateRows(states);
  return html`
    <section class="panel table-panel" aria-label=${`States at turn ${t}`}>
      <div class="panel-head"><h2>State at turn ${t}</h2><span
          class="muted small">${rows.filter(row => row.differs).length} of ${COMPARED_FIELDS.length} differ</span></div>
      <div class="table-scroll" tabindex="0" role="region" aria-label="Table of states">
        <table class="table" data-test="compare-states">
          <thead><tr><td></td>${stores.map((store, i) => html`<th key=${store.runId} class="number"><span
              class=${`series-dot series-${i + 1}`}></span><bdi>${cut(store.row?.label ?? "", 24)}</bdi></th>`)}</tr></thead>
          <tbody>
            ${rows.map(row => html`
              <tr key=${row.name} class=${row.differs ? "differs" : ""}>
                <th scope="row"><span class=${`swatch swatch-${row.name}`}></span>${row.label}${row.differs && html`<span
                    class="differs-mark" title="differs"> ≠</span>`}</th>
                ${row.values.map((value, i) => html`<td key=${i} class="number">${stateText(row.name, value)}${
                  i > 0 && typeof value === "number" && typeof row.values[0] === "number" && value !== row.values[0]
                    ? html` <span class="muted small">${signed(value - row.values[0])}</span>` : ""}</td>`)}
              </tr>`)}
          </tbody>
        </table>
      </div>
    </section>`;
}

export function ScoreTable({stores}) {
  const scored = stores.map((store, i) => ({store, i, score: store.turns.newest === null ? null : scoreOf(store.turns.newest.state)}));
  const best = scored.filter(one => one.score !== null).sort((a, b) => compareScores(a.score, b.score))[0];
  const tie = best !== undefined && scored.filter(one => one.score !== null && compareScores(one.score, best.score) === 0).length > 1;
  return html`
    <section class="panel table-panel" aria-label="Scores">
      <div class="panel-head"><h2>${stores.some(store => store.isRunning) ? "Score so far" : "Final score"}</h2><span
          class="muted small clip">age, then population, then food + wood</span></div>
      <div class="table-scroll" tabindex="0" role="region" aria-label="Table of scores">
        <table class="table" data-test="compare-scores">
          <thead><tr><th>Run</th><th>Age</th><th class="number">Pop.</th><th class="number">Food + wood</th><th
              class="number">Turn</th><th class="number">Cost</th></tr></thead>
          <tbody>
            ${scored.map(({store, i, score}) => html`
              <tr key=${store.runId}>
                <th scope="row" class="score-run"><span
                    class=${`series-dot series-${i + 1}`}></span><bdi>${cut((store.row?.label ?? store.runId.slice(0, 8)), 28)}</bdi>
                  ${!tie && best?.store === store && stores.length > 1 && html`<span class="best">best</span>`}</th>
                <td class="nowrap">${score === null ? "–" : score.age.replace(" Age", "")}</td>
                <td class="number">${score === null ? "–" : quantity(score.population)}</td>
                <td class="number">${score === null ? "–" : quantity(score.economy)}</td>
                <td class="number">${store.turns.newest?.t ?? "–"}</td>
                <td class="number">${store.row?.cost_known === false ? "unknown" : money(store.turns.costUsd)}</td>
              </tr>`)}
          </tbody>
        </table>
      </div>
    </section>`;
}

function stateText(name, value) {
  if (value === null || value === undefined) {
    return "–";
  }
  switch (name) {
    case "buildings":
      return value.length === 0 ? "none" : buildingCounts(value).map(([building, n]) => count(n, buildingLabel(building))).join(", ");
    case "villager_queue":
      return value.length === 0 ? "none" : value.join(", ");
    case "age":
      return value.replace(" Age", "");
    case "age_up_ticks_remaining":
      return value === 0 ? "–" : `in ${value}`;
    default:
      return quantity(value);
  }
}
