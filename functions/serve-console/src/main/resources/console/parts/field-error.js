/** What is wrong with a field, next to it. */
import {html} from "../html.js";
import {Sentence} from "./sentence.js";

export function FieldError({text}) {
  return text === undefined ? null : html`<span class="field-error" role="alert"><${Sentence} text=${text}/></span>`;
}
