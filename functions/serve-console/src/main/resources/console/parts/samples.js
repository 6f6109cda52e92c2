/** Two comparisons that a visitor starts with one button each: a race and an experiment, played by scripts at no cost. */
import {experimentAddress, raceAddress} from "../address.js";
import {randomKey} from "../api.js";
import {SAMPLE_PARENT, sampleExperiment, sampleRace} from "../comparisons.js";
import {Component, html} from "../html.js";
import {LiveRead} from "../live-read.js";
import {PlanDialog} from "./plan-dialog.js";
import {ProblemNotice} from "./states.js";

/** `only` is "race" or "experiment" for one of them; `large` is for the buttons. */
export class Samples extends Component {
  /** `preparing` while the parent of the experiment is played, `plan` while one is asked. */
  state = {preparing: false, plan: null, problem: null};
  key = randomKey();

  componentWillUnmount() {
    this.parent?.close();
  }

  ask(plan) {
    this.setState({plan, preparing: false});
  }

  askRace = () => {
    this.ask({title: "Start the sample race?", path: "/races", request: sampleRace(this.props.deployment)});
  };

  /** An experiment forks a run, which is played first unless there is one from before. */
  askExperiment = async () => {
    const {api} = this.props;
    this.setState({preparing: true, problem: null});
    try {
      const {rows} = await api.page(`/runs?${new URLSearchParams({text: SAMPLE_PARENT.label, status: "complete"})}`);
      // Its forks have its label in theirs.
      const id = rows.find(row => row.label === SAMPLE_PARENT.label && row.n_turns === SAMPLE_PARENT.n_turns)?.run_id ??
          (await api.post("/runs", SAMPLE_PARENT, {key: this.key})).run_id;
      this.parent = new LiveRead(options => api.get(`/runs/${id}`, options), {
        hasEnded: ({status}) => status !== "running",
        onAnswer: ({status, run_id: parent}) => {
          if (status === "failed") {
            this.refused({status: 1, message: "The run that it forks has failed; try again."});
          } else if (status === "complete") {
            this.ask({title: "Start the sample experiment?", path: "/experiments", request: sampleExperiment(this.props.deployment.profiles, parent)});
          }
        },
        onProblem: problem => problem.mayPass || this.refused(problem),
      });
    } catch (problem) {
      this.refused(problem);
    }
  };

  refused(problem) {
    this.key = randomKey();
    this.setState({preparing: false, problem});
  }

  started = ({race_id: race, experiment_id: experiment}) => {
    location.hash = race === undefined ? experimentAddress(experiment) : raceAddress(race);
  };

  render({api, deployment, only, large}, {preparing, plan, problem}) {
    if (sampleRace(deployment) === null) {
      return null;
    }
    const look = `button ${large ? "large" : ""}`;
    return html`
      ${only !== "experiment" && html`<button class=${look} data-test="sample-race" onClick=${this.askRace}>Start a sample race</button>`}
      ${only !== "race" && html`<button class=${look} data-test="sample-experiment" disabled=${preparing} onClick=${this.askExperiment}>${
        preparing ? "Playing the run that it forks…" : "Start a sample experiment"}</button>`}
      ${problem !== null && html`<${ProblemNotice} problem=${problem} once/>`}
      ${plan !== null && html`<${PlanDialog} api=${api} ...${plan} onStarted=${this.started} onClose=${() => this.setState({plan: null})}/>`}`;
  }
}
