/** The races: profiles over scenarios and rounds, newest first. */
import {raceAddress} from "../address.js";
import {count, list} from "../format.js";
import {Component, html} from "../html.js";
import {ComparisonList, NothingYet} from "../parts/comparison-list.js";
import {ComparisonTabs} from "../parts/comparison-tabs.js";
import {Icon} from "../parts/icons.js";
import {Samples} from "../parts/samples.js";

export class RacesView extends Component {
  componentDidMount() {
    document.title = "Races · arena";
  }

  render({api, deployment, ready}) {
    return html`
      <div class="page comparisons">
        <div class="page-head"><h1>Races</h1>
          <a class="button primary" href="#/races/new" data-test="race-open"><${Icon} name="plus"/>Start a race</a>
          <span class="grow"></span><${ComparisonTabs} view="races"/></div>
        <${ComparisonList} api=${api} ready=${ready} path="/races" id="race_id" address=${raceAddress}
            about=${row => `${list(row.profiles)}; ${count(row.scenarios.length, "scenario")}, ${count(row.rounds, "round")}`} test="races" empty=${html`
          <${NothingYet} title="No race yet" text="Which player is better? Each plays every scenario in each round.">
            <a class="button" href="#/races/new">Start a race</a><${Samples} api=${api} deployment=${deployment} only="race"/>
          <//>`}/>
      </div>`;
  }
}
