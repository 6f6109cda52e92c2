/** The three pages that compare many runs. */
import {html} from "../html.js";

const TABS = [
  {view: "experiments", href: "#/experiments", label: "Experiments"},
  {view: "races", href: "#/races", label: "Races"},
  {view: "ranking", href: "#/ranking", label: "Ranking"},
];

export function ComparisonTabs({view}) {
  return html`
    <nav class="segments tabs" aria-label="Comparisons">
      ${TABS.map(one => html`
        <a key=${one.view} href=${one.href} aria-current=${one.view === view ? "page" : undefined}
            data-test=${`tab-${one.view}`}>${one.label}</a>`)}
    </nav>`;
}
