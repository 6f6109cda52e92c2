/** Starts a run: scenario, player, turns, label. */
import {randomKey} from "../api.js";
import {estimateCost, estimateText} from "../estimate.js";
import {controlOf, readTurns} from "../forks.js";
import {quantity} from "../format.js";
import {Component, html} from "../html.js";
import {FieldError} from "../parts/field-error.js";
import {ProfileSelect} from "../parts/profile-select.js";
import {Samples} from "../parts/samples.js";

const ABOUT = {
  "balanced": "a plain start", "food-poor": "villagers must wait", "wood-poor": "buildings must wait", "late-start": "fewer villagers",
};

export class StartView extends Component {
  state = {
    scenario: this.props.route.params.scenario ?? this.props.deployment.scenarios[0].name,
    profile: Math.max(0, this.props.deployment.profiles.findIndex(one => one.model === "scripted" && one.prompt_variant === "strategy")),
    turns: "40", label: "", errors: {}, busy: false,
  };
  key = randomKey();

  componentDidMount() {
    document.title = "Start a run · arena";
    this.props.ready();
  }

  change = change => {
    this.key = randomKey();
    this.setState({...change, errors: {}});
  };

  submit = async event => {
    event.preventDefault();
    const {deployment, api, go} = this.props;
    const {scenario, profile, turns, label} = this.state;
    const nTurns = readTurns(turns, deployment.limits);
    if (nTurns === null) {
      this.setState({errors: {n_turns: `Integer, 0 to ${deployment.limits.max_turns}`}});
      return;
    }
    this.setState({busy: true});
    try {
      const {run_id: id} = await api.post("/runs", {
        scenario, profile: deployment.profiles[profile], n_turns: nTurns, ...(label.trim() !== "" && {label: label.trim()}),
      }, {key: this.key});
      go({view: "run", id, params: {}}, {replace: true});
    } catch (problem) {
      const control = controlOf(problem);
      const text = problem.status === 403 ? "Starting a run needs a token with the role operator." : problem.message;
      this.setState({busy: false, errors: {[control]: text}});
    }
  };

  estimate() {
    const {deployment} = this.props;
    return estimateCost({
      nTurns: readTurns(this.state.turns, deployment.limits) ?? 0,
      model: deployment.profiles[this.state.profile].model,
      parent: {model: "", costUsd: 0, answered: 0, costKnown: false},
      prices: deployment.models,
    });
  }

  render({deployment, api}, {scenario, profile, turns, label, errors, busy}) {
    const {limits, scenarios, profiles} = deployment;
    const estimate = this.estimate();
    return html`
      <div class="page narrow">
        <div><h1>Start a run</h1><p
            class="muted">One agent, one town, turn by turn. You can fork it at any turn, also while it plays.</p></div>
        <form class="panel start-form" onSubmit=${this.submit} data-test="start-form" novalidate>
          <fieldset class="scenarios">
            <legend class="label">Scenario</legend>
            <div class="scenario-cards">
              ${scenarios.map(one => html`
                <label key=${one.name} class=${`scenario ${one.name === scenario ? "chosen" : ""}`}>
                  <input type="radio" name="scenario" value=${one.name} checked=${one.name === scenario}
                      data-test=${`scenario-${one.name}`} onChange=${() => this.change({scenario: one.name})}/>
                  <span class="scenario-name">${one.name}</span>
                  <span class="muted small">${ABOUT[one.name] ?? ""}</span>
                  <span class="scenario-numbers small">
                    <span><span class="swatch swatch-food"></span>${quantity(one.food)}</span><span><span
                        class="swatch swatch-wood"></span>${quantity(one.wood)}</span>
                    <span><span class="swatch swatch-population"></span>${one.population}/${one.pop_cap}</span>
                  </span>
                </label>`)}
            </div>
            <${FieldError} text=${errors.scenario}/>
          </fieldset>
          <label class="field"><span class="label">Player</span>
            <${ProfileSelect} profiles=${profiles} value=${profile} own=${null} test="start-profile"
                invalid=${errors.profile !== undefined} onChange=${value => this.change({profile: value})}/>
            <${FieldError} text=${errors.profile}/>
          </label>
          <div class="field-pair">
            <label class="field"><span class="label">Turns, 0 to ${limits.max_turns}</span>
              <input class="input" inputmode="numeric" autocomplete="off" value=${turns} data-test="start-turns"
                  aria-invalid=${String(errors.n_turns !== undefined)}
                      onInput=${event => this.change({turns: event.target.value})}/>
              <${FieldError} text=${errors.n_turns}/>
            </label>
            <label class="field"><span class="label">Label, optional</span>
              <input class="input" maxlength=${limits.max_label} autocomplete="off" dir="auto"
                  placeholder="scenario and player" value=${label} data-test="start-label"
                      aria-invalid=${String(errors.label !== undefined)}
                onInput=${event => this.change({label: event.target.value})}/>
              <${FieldError} text=${errors.label}/>
            </label>
          </div>
          <div class="start-foot">
            <div>
              <span class="muted">Will cost </span><b>${estimateText(estimate)}</b><span
                  class="muted small"> ${estimate.basis}</span>
            </div>
            <button class="button primary large" data-test="start-submit"
                disabled=${busy}>${busy ? "Starting…" : "Start"}</button>
          </div>
          ${errors.form && html`<p class="field-error" role="alert" data-test="start-error">${errors.form}</p>`}
        </form>
        <div class="start-other"><p class="muted">Which player is better? Does a change matter? The samples are played by scripts and cost
          nothing.</p>
          <div class="row wrap"><a class="button" href="#/races/new" data-test="race-open">Choose a race</a>
            <${Samples} api=${api} deployment=${deployment}/></div></div>
      </div>`;
  }
}
