/** Empty, loading, lost, unauthorized, failed: one sentence and one action each. */
import {html} from "../html.js";
import {Sentence} from "./sentence.js";

/**
 * A page or panel without data.
 *
 * @param {object} props `title` and `text` say what is the case; `children` is the action; `alone` if it is the whole page
 */
export function Notice({title, text, tone = "", test, alone = false, children}) {
  return html`
    <div class=${`notice ${tone}`} data-test=${test} role=${tone === "bad" ? "alert" : undefined}>
      ${alone ? html`<h1>${title}</h1>` : html`<h2>${title}</h2>`}
      ${text && html`<p class="muted"><${Sentence} text=${text}/></p>`}
      ${children && html`<div class="row wrap notice-action">${children}</div>`}
    </div>`;
}

/** A problem of the service, with the action that may help; `once` if it is of a call that is not repeated by itself. */
export function ProblemNotice({problem, onRetry, test = "problem", alone, once = false}) {
  if (problem.status === 403) {
    return html`<${Notice} tone="bad" test=${test} alone=${alone} title="This token may not do that"
      text="The call needs the role operator; your token is a viewer's."/>`;
  }
  const lost = problem.status === 0;
  return html`
    <${Notice} tone="bad" test=${test} alone=${alone} title=${lost ? "The arena does not answer" : "That did not work"}
      text=${lost ? once ? "Try again when it is back; nothing is started twice." : "The console keeps trying, and goes on where it was." :
        `${problem.message}${problem.requestId === undefined ? "" : ` (request ${problem.requestId})`}`}>
      ${onRetry && html`<button class="button" onClick=${onRetry}>Try again</button>`}
    <//>`;
}

/** Grey lines in the place of rows to come; visible only after 200 ms. */
export function Skeleton({lines = 6, label = "Loading"}) {
  return html`
    <div class="skeleton" role="status"><span class="sr-only">${label}</span>
      ${Array.from({length: lines}, (_, i) => html`<div key=${i} class=${`bone bone-${i % 4}`}/>`)}
    </div>`;
}
