/** The players that the deployment offers. */
import {isolate} from "../bidi.js";
import {html} from "../html.js";

/**
 * @param {object} props
 * @param {object[]} props.profiles of GET /deployment
 * @param {number|null} props.value index; null for the parent's
 * @param {object|null} props.own the parent's profile, offered first
 */
export function ProfileSelect({profiles, value, own, onChange, test, invalid}) {
  return html`
    <select class="input" data-test=${test} aria-invalid=${String(invalid === true)} value=${value ?? ""}
        onChange=${event => onChange(event.target.value === "" ? null : Number(event.target.value))}>
      ${own && html`<option value="">the parent's: ${isolate(own.name)}</option>`}
      ${profiles.map((profile, i) => html`<option key=${i} value=${i}>${profileLabel(profile)}</option>`)}
    </select>`;
}

export function profileLabel({model, prompt_variant: variant, temperature, answer_format: format}) {
  return `${isolate(model)}, prompt ${variant}${answersBy(format)}${temperature > 0 ? `, temperature ${temperature}` : ""}`;
}

/** How a model is asked for its answer, unless it is as plain text. */
function answersBy(format) {
  return {tool: ", answers by a tool call", schema: ", answers by a schema"}[format] ?? (format === undefined || format === "text" ? "" : `, answers by ${format}`);
}
