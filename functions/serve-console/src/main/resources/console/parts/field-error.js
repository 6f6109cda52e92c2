/** What is wrong with a field, next to it. */
import {html} from "../html.js";

export function FieldError({text}) {
  return text === undefined ? null : html`<span class="field-error" role="alert">${text}</span>`;
}
