/** The curves of one run: resources, and population with its cap. */
import {Component, html} from "../html.js";
import {Chart} from "./chart.js";

const RESOURCES = [
  {field: "food", label: "food", color: "--food"},
  {field: "wood", label: "wood", color: "--wood", dash: [7, 3]},
  {field: "gold", label: "gold", color: "--gold", dash: [2, 3]},
  {field: "stone", label: "stone", color: "--stone", dash: [9, 3, 2, 3]},
];
const POPULATION = [
  {field: "population", label: "population", color: "--population", width: 2},
  {field: "pop_cap", label: "pop. cap", color: "--pop-cap", dash: [4, 4]},
];

export class Curves extends Component {
  /** Columns are made once for each change of the turns, not for each turn in view. */
  columns(turns) {
    if (this.version !== turns.version) {
      this.version = turns.version;
      const all = turns.columns(RESOURCES.map(one => one.field));
      // Gold and stone are in no scenario; a flat zero would only take room.
      this.resources = RESOURCES.filter((one, i) => i < 2 || all[i + 1].some(value => value > 0));
      this.resourceColumns = [all[0], ...this.resources.map(one => all[RESOURCES.indexOf(one) + 1])];
      this.populationColumns = turns.columns(POPULATION.map(one => one.field));
      this.bands = turns.ages();
    }
  }

  render({turns, turn, to, marks, onTurn}) {
    this.columns(turns);
    const common = {turn, to, marks, onTurn, bands: this.bands, syncKey: "run", version: turns.version};
    return html`
      <div class="curves" data-test="curves">
        <${Chart} title="Resources" series=${this.resources} columns=${this.resourceColumns} ...${common}/>
        <${Chart} title="Population" series=${POPULATION} columns=${this.populationColumns} ...${common}/>
      </div>`;
  }
}
