/**
 * The numbers of a town at a turn. While a fork is prepared, those that can be changed become fields in the same
 * places, with today's value, the limits and an undo each.
 */
import {html} from "../html.js";
import {count, quantity, signed} from "../format.js";
import {AGES, buildingCounts, buildingLabel, FIELDS} from "../world.js";
import {Icon} from "./icons.js";

/**
 * @param {object} props
 * @param {object} props.state
 * @param {object|null} props.previous the state a turn earlier, for what has changed since
 * @param {import("../forks.js").Draft|null} props.draft null while nothing is edited
 * @param {Object<string, string>} props.errors by field
 */
export function StatePanel({state, previous, draft, errors, limits, onEdit}) {
  return html`
    <div class=${`state-panel ${draft === null ? "" : "editing"}`} data-test="state-panel">
      ${FIELDS.map(field => draft === null
        ? html`<${Value} key=${field.name} field=${field} state=${state} previous=${previous}/>`
        : html`<${Edit} key=${field.name} field=${field} state=${state} draft=${draft} error=${errors[field.name]}
            limits=${limits} onEdit=${onEdit}/>`)}
      <${Rest} state=${state}/>
    </div>`;
}

function Value({field, state, previous}) {
  const {name} = field;
  const value = state[name];
  const change = previous === null || name === "age" ? "" : signed(value - previous[name]);
  return html`
    <div class="state-cell" data-field=${name}>
      <span class="label"><span class=${`swatch swatch-${name}`}></span><${Label} ...${field}/></span>
      <span class="value">${name === "age" ? String(value).replace(" Age", "") : quantity(value)}</span>
      <span class="change" title="since the turn before">${change}</span>
    </div>`;
}

/** A name that is shorter where there is little room. */
function Label({label, short}) {
  return short === undefined ? label : html`<span class="long-label">${label}</span><span class="short-label"
      aria-hidden="true">${short}</span>`;
}

function Edit({field: {name, label, short, type}, state, draft, error, limits, onEdit}) {
  const edited = Object.hasOwn(draft, name);
  const shown = edited ? draft[name] : String(state[name]);
  const range = rangeText(type, limits);
  const props = {
    class: "input", id: `fork-${name}`, "data-test": `fork-field-${name}`, "aria-invalid": String(error !== undefined),
    "aria-describedby": `fork-${name}-note`,
  };
  return html`
    <div class=${`state-cell ${edited ? "edited" : ""}`} data-field=${name}>
      <label class="label" for=${`fork-${name}`}><span class=${`swatch swatch-${name}`}></span><${Label} label=${label}
          short=${short}/></label>
      ${type === "age"
        ? html`<select ...${props} value=${shown} onChange=${event => onEdit(name, event.target.value)}>
            ${(limits.ages ?? AGES).map(age => html`<option key=${age} value=${age}
                selected=${age === shown}>${age.replace(" Age", "")}</option>`)}
          </select>`
        : html`<input ...${props} inputmode=${type === "resource" ? "decimal" : "numeric"} autocomplete="off" value=${shown}
            title=${range} onInput=${event => onEdit(name, event.target.value)}/>`}
      <span class="change" id=${`fork-${name}-note`}>
        ${error !== undefined ? html`<span class="field-error" role="alert">${error}</span>`
          : edited ? html`was ${type === "age" ? String(state[name]).replace(" Age", "") : quantity(state[name])}
              <button class="undo" aria-label=${`Undo ${label}`} title="Undo" data-test=${`fork-undo-${name}`}
                  onClick=${() => onEdit(name, undefined)}><${Icon} name="undo"/></button>`
            : html`<span class="muted">${range}</span>`}
      </span>
    </div>`;
}

function rangeText(type, limits) {
  return type === "age" ? "" : `0–${type === "resource" ? quantity(limits.max_resource) : quantity(limits.max_population)}`;
}

/** What a fork cannot change: buildings, training, age-up. */
function Rest({state}) {
  const buildings = buildingCounts(state.buildings);
  return html`
    <div class="state-rest">
      <div><span class="label">Buildings</span>
        ${buildings.length === 0 ? html`<span class="muted">none</span>`
          : buildings.map(([name, n]) => html`<span key=${name}
              class="chip">${buildingLabel(name)}${n > 1 && html` <b>×${quantity(n)}</b>`}</span>`)}
      </div>
      <div><span class="label">In training</span>
        ${state.villager_queue.length === 0 ? html`<span class="muted">none</span>`
          : html`${quantity(state.villager_queue.length)} <span
              class="muted">(next in ${count(Math.min(...state.villager_queue), "turn")})</span>`}
      </div>
      ${state.age_up_ticks_remaining > 0 && html`<div><span
          class="label">Next age</span>in ${state.age_up_ticks_remaining} turns</div>`}
    </div>`;
}
