/** A row of the list of runs. */
import {isolate} from "../bidi.js";
import {money, quantity} from "../format.js";
import {classes, html} from "../html.js";
import {rowStatus} from "../status.js";
import {Icon} from "./icons.js";
import {StatusBadge} from "./status-badge.js";
import {Time} from "./time.js";

/** `soFar` has the score and the cost of a running run; see running-scores.js. */
export function RunRow({row, soFar, index, selected, onSelect}) {
  const played = row.turns_played;
  const isFork = row.parent_run_id !== null;
  return html`
    <div class=${classes("run-row", selected && "selected")} role="row" aria-rowindex=${index} data-run=${row.run_id}
        data-test="run-row">
      <span role="cell" class="cell-select">
        <input type="checkbox" tabindex="-1" checked=${selected} onChange=${onSelect} aria-label=${`Select ${isolate(row.label)}`}
            data-test="run-select"/>
      </span>
      <span role="cell" class="cell-status"><${StatusBadge} status=${rowStatus(row)} test="run-status"/></span>
      <span role="cell" class="cell-label">
        <a class="clip row-link" href=${`#/runs/${row.run_id}`}><bdi>${row.label}</bdi></a>
        ${isFork && html`
          <a class="fork-mark" href=${`#/tree/${row.run_id}`}
              title=${`Forked from ${row.parent_run_id} at turn ${row.parent_t}`}>
            <${Icon} name="fork"/>t${row.parent_t}
          </a>`}
      </span>
      <span role="cell" class="cell-profile clip" title=${row.model}><bdi>${row.profile_name}</bdi></span>
      <span role="cell" class="cell-turns">
        <span class="meter" aria-hidden="true"><span
            style=${{width: `${row.n_turns === 0 ? 100 : Math.min(100, 100 * played / row.n_turns)}%`}}></span></span>
        <span class="nowrap">${played}/${row.n_turns}</span>
      </span>
      <span role="cell" class="cell-score clip">${scoreText(row, soFar?.score)}</span>
      <span role="cell" class="cell-cost number">${costText(row, soFar)}</span>
      <span role="cell" class="cell-started number muted"><${Time} at=${row.created_at}/></span>
    </div>`;
}

function scoreText(row, score) {
  if (row.final_age) {
    return `${row.final_age.replace(" Age", "")} · ${quantity(row.final_population)} pop · ${quantity(row.final_economy)}`;
  }
  return score ? html`<span class="muted" title="so far">${score.age.replace(" Age", "")} · ${quantity(score.population)} pop · ${
    quantity(score.economy)}</span>` : html`<span class="muted">–</span>`;
}

function costText(row, soFar) {
  if (!row.cost_known && (row.total_cost_usd !== null || soFar !== undefined)) {
    return html`<span class="muted" title="The price of this model is not known">unknown</span>`;
  }
  if (row.total_cost_usd !== null) {
    return money(row.total_cost_usd);
  }
  return soFar?.complete ? html`<span class="muted" title="so far">${money(soFar.costUsd)}</span>` : html`<span class="muted">–</span>`;
}
