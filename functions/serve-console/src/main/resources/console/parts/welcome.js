/** What a first-time visitor sees: what this is, a finished run to look at, and one button. */
import {randomKey} from "../api.js";
import {Component, html} from "../html.js";
import {Samples} from "./samples.js";
import {ProblemNotice} from "./states.js";
import {StatusBadge} from "./status-badge.js";
import {Town} from "./town.js";
import {rowStatus} from "../status.js";

/** A town in mid-game, so that the page shows what it is about. */
const PICTURE = {
  food: 320, wood: 140, gold: 0, stone: 0, population: 22, pop_cap: 40, age: "Feudal Age",
  buildings: ["house", "house", "house", "mill", "lumber_camp", "farm", "farm", "farm", "blacksmith", "dock", "mining_camp"],
  villager_queue: [1, 2], age_up_ticks_remaining: 0, turn: 24,
};
const DEMONSTRATION_TURNS = 40;

export class Welcome extends Component {
  state = {problem: null, starting: false};
  key = randomKey();

  start = async () => {
    this.setState({starting: true, problem: null});
    try {
      const {run_id: id} = await this.props.api.post("/runs",
          {scenario: "balanced", n_turns: DEMONSTRATION_TURNS, label: "my first run"}, {key: this.key});
      this.props.go({view: "run", id, params: {}});
    } catch (problem) {
      this.setState({problem, starting: false});
    }
  };

  render({rows, api, deployment}, {problem, starting}) {
    const example = rows.find(row => row.status === "complete" && row.n_turns > 0);
    return html`
      <div class="welcome" data-test="welcome">
        <div class="welcome-text">
          <h1>Watch a model play. Change one thing. Watch it play on.</h1>
          <p>In each <strong>run</strong>, a language model builds a small town turn by turn. At any turn you can${" "}
            <strong>fork</strong> it: change the town or the player, and a second run goes on from there, next to the first.</p>
          <div class="row wrap">
            <button class="button primary large" data-test="welcome-start" disabled=${starting} onClick=${this.start}>
              ${starting ? "Starting…" : "Start a demonstration run"}
            </button>
            <a class="button large" href="#/start">Choose scenario and player</a>
          </div>
          <p class="small muted">Which player is better, and does a change matter? A race and an experiment play many runs, and count.</p>
          <div class="row wrap"><${Samples} api=${api} deployment=${deployment}/></div>
          <p class="small muted">The demonstration and the samples are played by scripts and cost nothing.</p>
          ${problem && html`<${ProblemNotice} problem=${problem}/>`}
          ${example && html`
            <p class="welcome-example">Or open a finished one:${" "}
              <a href=${`#/runs/${example.run_id}?t=${example.t0}`}
                  data-test="welcome-example"><bdi>${example.label}</bdi></a>
              <${StatusBadge} status=${rowStatus(example)}/>
            </p>`}
        </div>
        <div class="welcome-picture" aria-hidden="true"><${Town} state=${PICTURE}/></div>
      </div>`;
  }
}
