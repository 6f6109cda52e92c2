/** The cells of an experiment or a race as a grid: a row for each player, a column for each match; each leads to its run. */
import {isolateNames} from "../bidi.js";
import {cellStatus} from "../comparisons.js";
import {quantity} from "../format.js";
import {classes, html} from "../html.js";

/**
 * @param {object} props
 * @param {{name: string, cells: object[]}[]} props.rows
 * @param {{key: string, group: string, label: string}[]} props.columns neighbours of one group get one heading
 * @param {(cell: object) => string} props.columnOf key of a cell's column
 */
export function CellGrid({rows, columns, columnOf, corner, test}) {
  const groups = [];
  for (const column of columns) {
    if (groups.at(-1)?.name === column.group) {
      groups.at(-1).span++;
    } else {
      groups.push({name: column.group, span: 1});
    }
  }
  return html`
    <div class="table-scroll" tabindex="0" role="region" aria-label="Grid of runs">
      <table class="cell-grid" data-test=${test}>
        <thead>
          ${groups.some(({name}) => name !== "") && html`
            <tr><td></td>${groups.map(({name, span}, i) => html`<th key=${i} colspan=${span} scope="colgroup" class="grid-group">${name}</th>`)}</tr>`}
          <tr><th scope="col" class="grid-corner">${corner}</th>${columns.map(({key, label}) => html`<th key=${key} scope="col">${label}</th>`)}</tr>
        </thead>
        <tbody>
          ${rows.map(({name, cells}) => {
            const byColumn = new Map(cells.map(cell => [columnOf(cell), cell]));
            return html`
              <tr key=${name}><th scope="row" class="clip"><bdi>${name}</bdi></th>
                ${columns.map(({key}) => html`<td key=${key}><${Cell} cell=${byColumn.get(key)}/></td>`)}
              </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
}

const MARKS = {planned: "·", running: "…", not_started: "–", failed: "✕"};

function Cell({cell}) {
  if (cell === undefined) {
    return null;
  }
  const {word, detail} = cellStatus(cell);
  const isDone = cell.status === "complete";
  const text = isDone ? quantity(cell.population) : MARKS[cell.status] ?? "?";
  const title = isDone ? `${cell.final_age}, population ${quantity(cell.population)}, food and wood ${quantity(cell.economy)}`
    : `${word}${detail === "" ? "" : `: ${isolateNames(detail)}`}`;
  const name = classes("grid-cell", `cell-${cell.status}`, isDone && cell.final_age !== "Dark Age" && "cell-advanced");
  return cell.run_id !== null && cell.run_id !== undefined && cell.status !== "planned" && cell.status !== "not_started"
    ? html`<a class=${name} href=${`#/runs/${cell.run_id}`} title=${title} aria-label=${title} data-test="grid-cell"
        data-status=${cell.status}>${text}</a>`
    : html`<span class=${name} title=${title} data-test="grid-cell" data-status=${cell.status}>${text}<span
        class="sr-only"> ${title}</span></span>`;
}

/** What the marks of the grid mean. */
export function GridLegend() {
  return html`<p class="muted small">Each number is a run's population at its end, outlined if it left the Dark Age. ✕ failed, … playing,
    · planned, – not started.</p>`;
}
