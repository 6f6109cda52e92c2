/** The bar of a fork in preparation, or of many as an experiment: turns, player, what it will cost, and the button. */
import {isSamePlayer} from "../comparisons.js";
import {html} from "../html.js";
import {estimateText} from "../estimate.js";
import {count} from "../format.js";
import {FieldError} from "./field-error.js";
import {Icon} from "./icons.js";
import {profileLabel, ProfileSelect} from "./profile-select.js";

/** What one can do with a turn: `fork` makes one run, the others an experiment. */
const MODES = [
  {mode: "fork", label: "One fork"},
  {mode: "replicate", label: "Replicate"},
  {mode: "players", label: "Compare players"},
];

export const MAX_REPLICAS = 50;
/** Arms of an experiment without the control. */
export const MAX_PLAYERS = 7;

export function ForkBar({t, form, errors, estimate, changes, busy, profiles, parentProfile, limits, onChange, onCancel, onSubmit}) {
  const one = form.mode === "fork";
  return html`
    <form class=${`fork-bar ${one ? "" : "many"}`} data-test="fork-bar" novalidate onSubmit=${event => {
      event.preventDefault();
      onSubmit();
    }}>
      <div class="fork-title">
        <strong><${Icon} name="fork"/>Fork at turn ${t}</strong>
        <span class="muted small">${changes === 0 ? "no change" : count(changes, "change")} of the town</span>
      </div>
      <label class="field fork-mode"><span class="label">How</span>
        <select class="input" value=${form.mode} data-test="fork-mode" onChange=${event => onChange({mode: event.target.value})}>
          ${MODES.map(({mode, label}) => html`<option key=${mode} value=${mode}>${label}</option>`)}
        </select>
      </label>
      <label class="field fork-turns"><span class="label">Turns to play</span>
        <input class="input" inputmode="numeric" autocomplete="off" value=${form.turns}
            aria-invalid=${String(errors.n_turns !== undefined)}
          data-test="fork-turns" onInput=${event => onChange({turns: event.target.value})}/>
        <${FieldError} text=${errors.n_turns}/>
      </label>
      ${!one && html`
        <label class="field fork-replicas"><span class="label">Replicas</span>
          <input class="input" inputmode="numeric" autocomplete="off" value=${form.replicas} data-test="fork-replicas"
              aria-invalid=${String(errors.replicas !== undefined)} onInput=${event => onChange({replicas: event.target.value})}/>
          <${FieldError} text=${errors.replicas}/>
        </label>`}
      ${form.mode === "players" ? html`<${Players} profiles=${profiles} chosen=${form.players} own=${parentProfile} error=${errors.profile}
          onChange=${players => onChange({players})}/>` : html`
        <label class="field fork-player"><span class="label">Player</span>
          <${ProfileSelect} profiles=${profiles} value=${form.profile} own=${parentProfile} test="fork-profile"
              invalid=${errors.profile !== undefined}
            onChange=${profile => onChange({profile})}/>
          <${FieldError} text=${errors.profile}/>
        </label>`}
      ${one ? html`<label class="field fork-reason"><span class="label">Reason, for the record</span>
        <input class="input" maxlength=${limits.max_reason} autocomplete="off" placeholder="What if …" value=${form.reason}
            dir="auto"
          aria-invalid=${String(errors.reason !== undefined)} data-test="fork-reason"
              onInput=${event => onChange({reason: event.target.value})}/>
        <${FieldError} text=${errors.reason}/>
      </label>` : html`<label class="field fork-reason"><span class="label">Label, optional</span>
        <input class="input" maxlength=${limits.max_label} autocomplete="off" value=${form.label} dir="auto"
            aria-invalid=${String(errors.label !== undefined)} data-test="fork-label" onInput=${event => onChange({label: event.target.value})}/>
        <${FieldError} text=${errors.label}/>
      </label>`}
      ${one ? html`<div class="fork-cost" title=${estimate.basis} data-test="fork-cost">
        <span class="label muted small">Will cost</span>
        <span>${estimateText(estimate)}</span>
        <span class="muted small clip">${estimate.basis}</span>
      </div>` : html`<div class="fork-cost"><span class="label muted small">Will cost</span><span
          class="muted small">${form.mode === "replicate" ? "against the run as it was; shown before it starts" : "against the parent's player; shown before it starts"}</span></div>`}
      <div class="fork-actions">
        <button type="button" class="button" data-test="fork-cancel" onClick=${onCancel}>Cancel</button>
        <button class="button primary" data-test="fork-submit" disabled=${busy}>${one ? busy ? "Forking…" : "Fork" : "Estimate"}</button>
      </div>
      ${errors.form && html`<p class="field-error fork-error" role="alert" data-test="fork-error">${errors.form}</p>`}
    </form>`;
}

/** The players of an experiment, next to the parent's. */
function Players({profiles, chosen, own, error, onChange}) {
  return html`
    <fieldset class="field fork-players"><legend class="label">Players, against <bdi>${own.name}</bdi></legend>
      <div class="fork-players-list" tabindex="0" role="group" aria-label="Players" data-test="fork-players">
        ${profiles.map((profile, i) => isSamePlayer(profile, own) ? null : html`
          <label key=${i} class="check"><input type="checkbox" checked=${chosen.includes(i)} data-test=${`fork-player-${i}`}
              onChange=${() => onChange(chosen.includes(i) ? chosen.filter(one => one !== i) : [...chosen, i])}/><span
                  class="clip">${profileLabel(profile)}</span></label>`)}
      </div>
      <${FieldError} text=${error}/>
    </fieldset>`;
}
