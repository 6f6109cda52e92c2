/** The bar of a fork in preparation: turns, player, reason, what it will cost, and the button. */
import {html} from "../html.js";
import {estimateText} from "../estimate.js";
import {count} from "../format.js";
import {Icon} from "./icons.js";
import {ProfileSelect} from "./profile-select.js";

export function ForkBar({t, form, errors, estimate, changes, busy, profiles, parentProfile, limits, onChange, onCancel, onSubmit}) {
  return html`
    <form class="fork-bar" data-test="fork-bar" novalidate onSubmit=${event => {
      event.preventDefault();
      onSubmit();
    }}>
      <div class="fork-title">
        <strong><${Icon} name="fork"/>Fork at turn ${t}</strong>
        <span class="muted small">${changes === 0 ? "no change" : count(changes, "change")} of the town</span>
      </div>
      <label class="field fork-turns"><span class="label">Turns to play</span>
        <input class="input" inputmode="numeric" autocomplete="off" value=${form.turns}
            aria-invalid=${String(errors.n_turns !== undefined)}
          data-test="fork-turns" onInput=${event => onChange({turns: event.target.value})}/>
        <${FieldError} text=${errors.n_turns}/>
      </label>
      <label class="field fork-player"><span class="label">Player</span>
        <${ProfileSelect} profiles=${profiles} value=${form.profile} own=${parentProfile} test="fork-profile"
            invalid=${errors.profile !== undefined}
          onChange=${profile => onChange({profile})}/>
        <${FieldError} text=${errors.profile}/>
      </label>
      <label class="field fork-reason"><span class="label">Reason, for the record</span>
        <input class="input" maxlength=${limits.max_reason} autocomplete="off" placeholder="What if …" value=${form.reason}
            dir="auto"
          aria-invalid=${String(errors.reason !== undefined)} data-test="fork-reason"
              onInput=${event => onChange({reason: event.target.value})}/>
        <${FieldError} text=${errors.reason}/>
      </label>
      <div class="fork-cost" title=${estimate.basis} data-test="fork-cost">
        <span class="label muted small">Will cost</span>
        <span>${estimateText(estimate)}</span>
        <span class="muted small clip">${estimate.basis}</span>
      </div>
      <div class="fork-actions">
        <button type="button" class="button" data-test="fork-cancel" onClick=${onCancel}>Cancel</button>
        <button class="button primary" data-test="fork-submit" disabled=${busy}>${busy ? "Forking…" : "Fork"}</button>
      </div>
      ${errors.form && html`<p class="field-error fork-error" role="alert" data-test="fork-error">${errors.form}</p>`}
    </form>`;
}

export function FieldError({text}) {
  return text === undefined ? null : html`<span class="field-error" role="alert">${text}</span>`;
}
