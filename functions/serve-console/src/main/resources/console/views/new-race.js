/** Starts a race: players, scenarios, rounds, turns; what it will cost is asked before it starts. */
import {raceAddress} from "../address.js";
import {isolate} from "../bidi.js";
import {isSamePlayer, raceRequest, scriptedPlayers, wholeNumber} from "../comparisons.js";
import {readTurns} from "../forks.js";
import {Component, html} from "../html.js";
import {FieldError} from "../parts/field-error.js";
import {PlanDialog} from "../parts/plan-dialog.js";
import {profileLabel} from "../parts/profile-select.js";

const MIN_PROFILES = 2;
const MAX_PROFILES = 16;
const MAX_ROUNDS = 50;

export class NewRaceView extends Component {
  state = {
    profiles: new Set(scriptedPlayers(this.props.deployment.profiles).map(player => this.props.deployment.profiles.indexOf(player))),
    scenarios: new Set(this.props.deployment.scenarios.map(({name}) => name)),
    rounds: "5", turns: "30", label: "", errors: {}, request: null,
    players: this.props.deployment.profiles.map(profile => ({profile, label: profileLabel(profile)})),
  };
  abort = new AbortController();

  componentDidMount() {
    document.title = "Start a race · arena";
    this.props.ready();
    this.addPresets();
  }

  componentWillUnmount() {
    this.abort.abort();
  }

  /** Presets of the deployment that are not among its profiles; without them a race can be started all the same. */
  async addPresets() {
    try {
      const {presets} = await this.props.api.get("/models", {signal: this.abort.signal});
      const {players} = this.state;
      const others = presets.filter(({profile}) => !players.some(player => isSamePlayer(player.profile, profile)));
      this.setState({players: [...players, ...others.map(({name, version, profile}) => ({profile, label: `${isolate(name)} v${version}: ${profileLabel(profile)}`}))]});
    } catch {
      // shown by the connection's state
    }
  }

  toggle(name, value) {
    const chosen = new Set(this.state[name]);
    if (!chosen.delete(value)) {
      chosen.add(value);
    }
    this.setState({[name]: chosen, errors: {}});
  }

  submit = event => {
    event.preventDefault();
    const {deployment} = this.props;
    const {players, profiles, scenarios, rounds, turns, label} = this.state;
    const nRounds = wholeNumber(rounds, 1, MAX_ROUNDS);
    const nTurns = readTurns(turns, deployment.limits);
    const errors = {
      ...((profiles.size < MIN_PROFILES || profiles.size > MAX_PROFILES) && {profiles: `${MIN_PROFILES} to ${MAX_PROFILES} players`}),
      ...(scenarios.size === 0 && {scenarios: "At least one"}),
      ...(nRounds === null && {rounds: `Integer, 1 to ${MAX_ROUNDS}`}),
      ...((nTurns === null || nTurns === 0) && {n_turns: `Integer, 1 to ${deployment.limits.max_turns}`}),
    };
    this.setState({
      errors,
      request: Object.keys(errors).length > 0 ? null : raceRequest({
        profiles: [...profiles].sort((a, b) => a - b).map(i => players[i].profile),
        scenarios: deployment.scenarios.map(({name}) => name).filter(name => scenarios.has(name)),
        rounds: nRounds, nTurns, label: label.trim(),
      }),
    });
  };

  refused = ({field, message}) => {
    const control = String(field ?? "").split(/[.[]/, 1)[0];
    this.setState({request: null, errors: {[["profiles", "scenarios", "rounds", "n_turns", "label"].includes(control) ? control : "form"]: message}});
  };

  render({api, deployment}, {players, profiles, scenarios, rounds, turns, label, errors, request}) {
    const {limits} = deployment;
    return html`
      <div class="page narrow">
        <div><h1>Start a race</h1><p class="muted">Each player plays every scenario in each round; who ends better wins the match.</p></div>
        <form class="panel start-form" onSubmit=${this.submit} data-test="race-form" novalidate>
          <fieldset class="checks"><legend class="label">Players</legend>
            <div class="checks-list" tabindex="0" role="group" aria-label="Players">
            ${players.map((player, i) => html`
              <label key=${i} class="check"><input type="checkbox" checked=${profiles.has(i)} data-test=${`race-profile-${i}`}
                  onChange=${() => this.toggle("profiles", i)}/><span>${player.label}</span></label>`)}</div>
            <${FieldError} text=${errors.profiles}/>
          </fieldset>
          <fieldset class="checks checks-inline"><legend class="label">Scenarios</legend>
            ${deployment.scenarios.map(({name}) => html`
              <label key=${name} class="check"><input type="checkbox" checked=${scenarios.has(name)} data-test=${`race-scenario-${name}`}
                  onChange=${() => this.toggle("scenarios", name)}/>${name}</label>`)}
            <${FieldError} text=${errors.scenarios}/>
          </fieldset>
          <div class="field-pair">
            <label class="field"><span class="label">Rounds, 1 to ${MAX_ROUNDS}</span>
              <input class="input" inputmode="numeric" autocomplete="off" value=${rounds} data-test="race-rounds"
                  aria-invalid=${String(errors.rounds !== undefined)} onInput=${event => this.setState({rounds: event.target.value, errors: {}})}/>
              <${FieldError} text=${errors.rounds}/></label>
            <label class="field"><span class="label">Turns of each run, 1 to ${limits.max_turns}</span>
              <input class="input" inputmode="numeric" autocomplete="off" value=${turns} data-test="race-turns"
                  aria-invalid=${String(errors.n_turns !== undefined)} onInput=${event => this.setState({turns: event.target.value, errors: {}})}/>
              <${FieldError} text=${errors.n_turns}/></label>
          </div>
          <label class="field"><span class="label">Label, optional</span>
            <input class="input" maxlength=${limits.max_label} autocomplete="off" dir="auto" value=${label} data-test="race-label"
                aria-invalid=${String(errors.label !== undefined)} onInput=${event => this.setState({label: event.target.value, errors: {}})}/>
            <${FieldError} text=${errors.label}/></label>
          <div class="start-foot"><span class="muted">What it will cost is shown before it starts.</span>
            <button class="button primary large" data-test="race-submit">Estimate</button></div>
          ${errors.form && html`<p class="field-error" role="alert" data-test="race-error">${errors.form}</p>`}
        </form>
        ${request !== null && html`
          <${PlanDialog} api=${api} title="Start this race?" path="/races" request=${request} onRefused=${this.refused}
              onClose=${() => this.setState({request: null})} onStarted=${({race_id: id}) => { location.hash = raceAddress(id); }}/>`}
      </div>`;
  }
}
