/** The experiments: forks of one turn in several arms, newest first. */
import {experimentAddress} from "../address.js";
import {list} from "../format.js";
import {Component, html} from "../html.js";
import {ComparisonList, NothingYet} from "../parts/comparison-list.js";
import {ComparisonTabs} from "../parts/comparison-tabs.js";
import {Samples} from "../parts/samples.js";

export class ExperimentsView extends Component {
  componentDidMount() {
    document.title = "Experiments · arena";
  }

  render({api, deployment, ready}) {
    return html`
      <div class="page comparisons">
        <div class="page-head"><h1>Experiments</h1><span class="grow"></span><${ComparisonTabs} view="experiments"/></div>
        <${ComparisonList} api=${api} ready=${ready} path="/experiments" id="experiment_id" address=${experimentAddress}
            about=${row => list(row.arms)} test="experiments" empty=${html`
          <${NothingYet} title="No experiment yet"
              text="Does a change matter? Open a run, press “Fork from here”, and choose “Replicate” or “Compare players”.">
            <a class="button" href="#/">Choose a run</a><${Samples} api=${api} deployment=${deployment} only="experiment"/>
          <//>`}/>
      </div>`;
  }
}
